"""`cheqi archive`: moves months of a service's log from its table to files."""

import re
from typing import Annotated

import typer

from cheqi.house import opened
from cheqi.terminal import AsJSON, Row, explained, say, show_rows
from shared.messaging.archive import archive_log
from shared.messaging.month_files import Manifest
from shared.settings import read_settings

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def _month(value: str) -> str:
    if MONTH.fullmatch(value) is None:
        message = f"{value!r} is no month; write it as in 2026-09"
        raise typer.BadParameter(message)
    return value


def archive(
    service: Annotated[str, typer.Argument(help="The service whose log it is.")],
    before: Annotated[str, typer.Option(callback=_month, metavar="MONTH", help="The first month that stays: 2026-09.")],
    as_json: AsJSON = False,
) -> None:
    """Move a service's events of the months before one from its database to files; every reader reads on as before."""
    moved: list[Row] = []

    def note(manifest: Manifest) -> None:
        moved.append(_row(service, manifest))
        if not as_json:
            say("{service}: {events} events of {month} moved, positions {first} to {last}".format(**moved[-1]))

    with explained(), opened(read_settings()) as house:
        archive_log(house.get_node(service).store, before, house.clock.now(), note)
    if as_json or not moved:
        show_rows("months moved", moved, as_json=as_json)


def _row(service: str, manifest: Manifest) -> Row:
    first, last = manifest.first_position, manifest.last_position
    events = {"events": last - first + 1, "first": first, "last": last}
    return {"service": service, "month": manifest.month, **events, "sha256": manifest.sha256}
