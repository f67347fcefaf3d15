"""Moving months of a log from its table to files: written, read back, and only then deleted."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import takewhile, zip_longest
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.orm import Session

from shared.clock import local_day
from shared.db.server import lift_limits
from shared.db.store import Store
from shared.disk import alone_in
from shared.events.envelope import Envelope
from shared.messaging.history import ROWS_AT_ONCE, archive_of, list_months, numbers_of
from shared.messaging.month_files import ArchiveError, Manifest
from shared.messaging.relay import LEASE_NAME
from shared.messaging.seal import GENESIS, is_sealed, wire_document
from shared.messaging.tables import archived_event, archived_month, event_log, relay_lease


class MonthNotOverError(ValueError):
    """Only months that are over can be archived."""


def archive_log(store: Store, before: str, now: datetime, moved: Callable[[Manifest], None]) -> None:
    """Move the events of all months before one (`2026-09`) to files, a month at a time, and tell of each.

    An event moves when it and everything below it has been sent. Killed at any moment nothing is lost, and done again
    it goes on. Raises MonthNotOverError, ArchiveError where a file holds something else than the log, and
    ConfigurationError while another process archives the same log.
    """
    if before > month_of(now):
        message = f"{before} has not begun: only months that are over can be archived"
        raise MonthNotOverError(message)
    with store.read() as session:
        files = archive_of(session)
        if _find_next(session, before) is None:
            return
    with alone_in(files.folder):
        while (manifest := _write_next(store, before)) is not None:
            _verify(store, manifest)
            files.write_manifest(manifest)
            _delete(store, manifest)
            moved(manifest)


def month_of(moment: datetime) -> str:
    """Return the month of a moment in Asia/Shanghai, such as `2026-09`."""
    return local_day(moment).strftime("%Y-%m")


def _write_next(store: Store, before: str) -> Manifest | None:
    """Write the file of the next month that is to move, None when there is none; one that was confirmed stands."""
    with store.read() as session:
        month = _find_next(session, before)
        if month is None:
            return None
        files = archive_of(session)
        written = files.find(month)
        if written is not None:
            return written
        # An event that came late, its own time in an earlier month, stands with those that it came among.
        rows = takewhile(lambda row: _month_of(row) <= month, _sent_rows(session))
        return files.write_events(month, (_wire(row) for row in rows))


def _find_next(session: Session, before: str) -> str | None:
    """Return the next month that is to move, None when there is none before one."""
    first = next(_sent_rows(session), None)
    month = before if first is None else max(_month_of(first), _month_after_archive(session))
    return month if month < before else None


def _verify(store: Store, manifest: Manifest) -> None:
    """Read a file back and compare it with the table, event by event, and each event with its seal."""
    with store.read() as session:
        files, months = archive_of(session), list_months(session)
        last = months[-1].last_seal if months else GENESIS
        rows = _rows(session, manifest.first_position, manifest.last_position)
        for line, row in zip_longest(files.lines(manifest), rows):
            if line is None or row is None or line != _wire(row) or not is_sealed(last, row.document, numbers_of(row)):
                raise _differs(manifest)
            last = row.seal
        if files.sha256(manifest.month) != manifest.sha256 or last != manifest.last_seal:
            raise _differs(manifest)


def _delete(store: Store, manifest: Manifest) -> None:
    """Delete the rows of a month whose file was read back, and keep the ids and places of its events.

    It is one transaction, however many they are: whoever reads finds an event in its table or in its file, never twice.
    """
    within = event_log.c.position.between(manifest.first_position, manifest.last_position)
    kept = ("id", "subject", "sequence", "position")
    with store.write() as session:
        lift_limits(session.connection())
        session.execute(
            insert(archived_month).values(
                month=manifest.month,
                first_position=manifest.first_position,
                last_position=manifest.last_position,
                last_seal=manifest.last_seal,
                sha256=manifest.sha256,
            )
        )
        places = select(*(event_log.c[name] for name in kept)).where(within)
        session.execute(insert(archived_event).from_select(kept, places))
        deleted = session.connection().execute(delete(event_log).where(within)).rowcount
        if deleted != manifest.last_position - manifest.first_position + 1:
            raise _differs(manifest)


def _sent_rows(session: Session) -> Iterator[Row[Any]]:
    sent = session.scalar(select(relay_lease.c.sent).where(relay_lease.c.name == LEASE_NAME)) or 0
    return _rows(session, 0, sent)


def _rows(session: Session, first: int, last: int) -> Iterator[Row[Any]]:
    """Yield rows as they come; whoever stops reading leaves nothing open."""
    wanted = select(event_log).where(event_log.c.position.between(first, last)).order_by(event_log.c.position)
    with session.execute(wanted.execution_options(yield_per=ROWS_AT_ONCE)) as found:
        yield from found


def _month_of(row: Row[Any]) -> str:
    return month_of(Envelope.parse(row.document).time)


def _month_after_archive(session: Session) -> str:
    """Return the first month that has no file yet: what comes late to an archived month goes there."""
    months = list_months(session)
    if not months:
        return ""
    year, month = (int(part) for part in months[-1].month.split("-"))
    return f"{year + month // 12:04}-{month % 12 + 1:02}"


def _wire(row: Row[Any]) -> str:
    return wire_document(row.document, numbers_of(row))


def _differs(manifest: Manifest) -> ArchiveError:
    message = (
        f"the archive's file of {manifest.month} and the log differ, or the log is not what was sealed; nothing was "
        "deleted. Run `cheqi audit`; where the store was restored from a backup, put the archive back to the same one"
    )
    return ArchiveError(message)
