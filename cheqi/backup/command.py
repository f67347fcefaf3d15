"""`cheqi backup` and `cheqi restore`."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from cheqi.assembly import SERVICES
from cheqi.backup.folder import KEYS, STORES, BackupError, Manifest, remove_old
from cheqi.backup.making import Note, back_up_keys, back_up_stores, note_finished
from cheqi.backup.reading_back import list_restored, mark_older_copies, read_back_logs
from cheqi.backup.restoring import Plan, plan_stores, put_back_keys, put_back_stores
from cheqi.folder import has_data
from cheqi.house import opened
from cheqi.stores import Stores, stores_of
from cheqi.terminal import AsJSON, complain, explained, say, show_rows
from shared.clock import SHANGHAI, SystemClock
from shared.errors import ConfigurationError
from shared.messaging.read_back import BEFORE_ALL
from shared.settings import Settings, read_settings

Chosen = Annotated[list[str] | None, typer.Option("--service", help="A service; all without it; may be repeated.")]
Since = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="A moment before the copy was taken, if before the end of its log: 2026-09-18."),
]


def backup(
    target: Annotated[Path, typer.Argument(help="The folder that holds backups; each is a new folder in it.")],
    service: Chosen = None,
    keys: Annotated[bool, typer.Option("--keys", help="Rider keys and secrets, which no other backup holds.")] = False,
    keep_days: Annotated[
        int | None,
        typer.Option(
            "--keep-days", min=1, help="Remove backups of stores that are older, but never the newest so many."
        ),
    ] = None,
    as_json: AsJSON = False,
) -> None:
    """Back up stores, archives and photos while all runs on, or keys; status 0 only when all of it is on the disk."""
    with explained():
        settings, chosen = read_settings(), _names(service)
        _refuse_no_data(settings)
        if keys and keep_days is not None:
            message = "backups of keys are kept for 30 days, so that the key of an erased rider is gone then"
            raise ConfigurationError(message)
        with closing(stores_of(settings)) as stores, _shown("backup", len(chosen) + 1, as_json=as_json) as note:
            made = _make(stores, target, chosen, note, keys=keys)
            if keep_days is not None:
                remove_old(target, STORES, timedelta(days=keep_days), SystemClock().now(), spared=keep_days)
    manifest = Manifest.read(made)
    facts = {"files": len(manifest.files), "bytes": manifest.bytes, "taken_at": manifest.taken_at.isoformat()}
    show_rows("backed up", [{"backup": str(made), "kind": manifest.kind, **facts}], as_json=as_json)


def restore(
    source: Annotated[Path, typer.Argument(help="A backup, as `cheqi backup` told of it.")],
    service: Chosen = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put back over stores that hold something.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJSON = False,
) -> None:
    """Put a backup back while nothing runs on it, then read back from the bus what was told since it was taken."""
    with explained():
        settings, chosen = read_settings(), _names(service) if service else []
        with closing(stores_of(settings)) as stores:
            if Manifest.read(source).kind == KEYS:
                with _shown("keys", len(SERVICES), as_json=as_json) as note:
                    rows = put_back_keys(stores, source, chosen or SERVICES, note)
                show_rows("keys put back", rows, as_json=as_json)
                return
            plan = plan_stores(stores, source, chosen)
            _refuse_unasked(plan, replace=replace, yes=yes)
            with _shown("put back", len(plan.services) + 1, as_json=as_json) as note:
                put_back_stores(stores, plan, note)
        if not as_json:
            say(f"{', '.join(plan.services)}: put back as of {plan.manifest.taken_at.isoformat()}")
        _read_back(settings, plan.services, as_json=as_json)


def read_back(
    service: Chosen = None,
    since: Since = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJSON = False,
) -> None:
    """Read back from the bus what stores that were put back have told since; `cheqi restore` does it where it can.

    A store that was put back by other means is named with --service, while nothing runs on it.
    """
    with explained():
        settings, chosen, moment = read_settings(), _names(service), _past(since)
        if service or moment:
            _refuse_no_data(settings)
            _refuse_unsure(chosen, yes=yes)
            with closing(stores_of(settings)) as stores:
                mark_older_copies(stores, chosen, moment)
        _read_back(settings, chosen, as_json=as_json)


def _make(stores: Stores, target: Path, services: Sequence[str], note: Note, *, keys: bool) -> Path:
    clock = SystemClock()
    make = back_up_keys if keys else back_up_stores
    made = make(stores, target, services, clock.now(), note)
    if set(services) == set(SERVICES):
        for name in SERVICES:
            note_finished(stores.folder(name), Manifest.read(made), clock.now())
    return made


def _refuse_unasked(plan: Plan, *, replace: bool, yes: bool) -> None:
    if not plan.replaced:
        return
    named = ", ".join(plan.replaced)
    if not replace:
        message = f"the store of {named} holds something: with --replace all that it holds now is lost"
        raise BackupError(message)
    _confirm(f"All that the store of {named} holds now will be lost. Go on?", yes=yes)


def _refuse_unsure(services: Sequence[str], *, yes: bool) -> None:
    named = ", ".join(services)
    _confirm(
        f"What Kafka holds above the log's end of {named} is written into the log, whoever put it there, and cannot be "
        "taken out again. Was the store put back to an older copy?",
        yes=yes,
    )


def _confirm(question: str, *, yes: bool) -> None:
    """Ask, unless told that the answer is yes; end the command where it is not."""
    if not yes and not typer.confirm(question):
        raise typer.Exit(2)


def _read_back(settings: Settings, services: Sequence[str], *, as_json: bool) -> None:
    with opened(settings) as house:
        waiting = [name for name in list_restored(house) if name in services]
        try:
            rows = read_back_logs(house, waiting)
        except ConnectionError as error:
            complain(
                f"{error}. The stores are put back, and what was told since the backup is still on the bus: nothing "
                "starts on them until `cheqi read-back` has read it (a new broker needs `cheqi topics apply` first)"
            )
            raise typer.Exit(1) from None
    show_rows("read back", rows, as_json=as_json)


def _names(services: Sequence[str] | None) -> list[str]:
    unknown = set(services or ()) - set(SERVICES)
    if unknown:
        message = f"there is no service {min(unknown)!r}; choose one of: {', '.join(SERVICES)}"
        raise ConfigurationError(message)
    return [name for name in SERVICES if not services or name in services]


def _past(since: str | None) -> datetime | None:
    """Read a moment, in Shanghai where no zone is said; raises ConfigurationError for what is none or still to come."""
    if since is None:
        return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        message = f"{since!r} is no moment; write it as in 2026-09-18T12:00+08:00"
        raise ConfigurationError(message) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    if not BEFORE_ALL <= moment <= SystemClock().now():
        message = f"{since} is not in the past: give a moment before the copy was taken"
        raise ConfigurationError(message)
    return moment


def _refuse_no_data(settings: Settings) -> None:
    if not has_data(settings):
        message = f"there is no data in {settings.data}; set CHEQI_DATA to the folder that holds it"
        raise ConfigurationError(message)


@contextmanager
def _shown(title: str, steps: int, *, as_json: bool) -> Iterator[Note]:
    with Progress(transient=True, disable=as_json) as progress:
        task = progress.add_task(title, total=steps)
        yield lambda done: progress.update(task, advance=1, description=f"{title}: {done}")
