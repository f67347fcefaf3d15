"""How commands speak: tables or JSON on standard output, and errors that say what to do on standard error."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import OperationalError

from shared.db.server import refused_role
from shared.errors import ConfigurationError, Refusal
from shared.messaging.archive import MonthNotOverError
from shared.messaging.failures import ConsumerStoppedError
from shared.messaging.parking import UnknownParkedEventError

AsJSON = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Row = Mapping[str, Any]
LINE_MAX = 1 << 20
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print a line."""
    _out.print(text, markup=False)


def complain(text: str) -> None:
    """Print a line on standard error."""
    _err.print(text, markup=False)


def show_rows(title: str, rows: Sequence[Row], *, as_json: bool) -> None:
    """Print rows as a table, or as JSON."""
    if as_json:
        typer.echo(json.dumps(list(rows), ensure_ascii=False, default=str))
        return
    if not rows:
        say(f"{title}: none")
        return
    table = Table(title=title, title_justify="left")
    for name in rows[0]:
        table.add_column(name, no_wrap=True)
    for row in rows:
        table.add_row(*(Text(str(value)) for value in row.values()))
    # Whoever copies an id needs it in one piece: a line that is too long is the terminal's to wrap.
    table.width = Measurement.get(_out, _out.options.update(max_width=LINE_MAX), table).maximum
    _out.print(table)


@contextmanager
def explained() -> Iterator[None]:
    """End with status 2 and one clear sentence when the command cannot be carried out."""
    try:
        yield
    except Refusal as refusal:
        told = {name: str(value) for name, value in refusal.facts.items()}
        complain(refusal.kind.detail_en.format(**told))
        raise typer.Exit(2) from None
    except (
        ConfigurationError,
        ConnectionError,
        ConsumerStoppedError,
        MonthNotOverError,
        UnknownParkedEventError,
    ) as error:
        complain(str(error))
        raise typer.Exit(2) from None
    except OperationalError as error:
        complain(_trouble(error.orig))
        raise typer.Exit(2) from None


def _trouble(error: BaseException | None) -> str:
    if refused := refused_role(error):
        server, role = refused
        return (
            f"the database server at {server} refuses the role {role} with the password that "
            "CHEQI_DATABASE_PASSWORD_FILE names; correct the file, or let `cheqi databases` set the role's password to "
            "what the file holds"
        )
    return f"a database does not answer: {str(error).strip().splitlines()[0]}"
