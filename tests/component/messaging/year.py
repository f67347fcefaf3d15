"""A publisher whose log grows over months, with an archive to move them to, and what is found of it afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from shared.clock import SHANGHAI
from shared.events.envelope import Event
from shared.events.governance import HazardPhotoStoredV1, HazardVerifiedV1
from shared.messaging.archive import archive_log
from shared.messaging.cause import of_system
from shared.messaging.history import attach
from shared.messaging.integrity import Break, breaks
from shared.messaging.log import emit, transaction
from shared.messaging.month_files import Manifest, MonthFiles
from shared.messaging.source import LogReader
from shared.messaging.tables import event_log
from tests.component.messaging.conftest import Kit
from tests.component.messaging.test_relay import ListBus, relay_of

PAGE = 7
IN_SEPTEMBER, IN_OCTOBER, IN_NOVEMBER, IN_DECEMBER = (
    datetime(2026, month, 10, 12, tzinfo=SHANGHAI) for month in (9, 10, 11, 12)
)


@dataclass
class Year:
    """Governance's log, on the store of a kit."""

    kit: Kit
    files: MonthFiles
    moved: list[Manifest] = field(default_factory=list)

    def tell(self, at: datetime, *events: Event, once: str | None = None) -> None:
        """Tell events in one transaction, as happened at a moment."""
        with transaction(self.kit.store, "governance", self.kit.keys, of_system(at)) as session:
            for event in events:
                emit(session, event, once=once)

    def send(self) -> None:
        """Let the relay number and send whatever is new."""
        relay = relay_of(self.kit, ListBus())
        while relay.step():
            pass

    def archive(self, before: str, now: datetime = IN_DECEMBER) -> list[str]:
        """Archive the months before one; return which were moved."""
        archive_log(self.kit.store, before, now, self.moved.append)
        return [manifest.month for manifest in self.moved]

    def pages(self) -> list[str]:
        """Return all that is published, read page by page as others read it."""
        reader, read, position = LogReader(self.kit.store), list[str](), 0
        while page := reader.after(position, PAGE):
            read += page
            position = positions(page)[-1]
        return read

    def of_subject(self, subject: str) -> list[str]:
        """Return all events of a subject."""
        return LogReader(self.kit.store).of_subjects({subject: 0})

    def rows(self) -> list[int]:
        """Return the positions that stand in the table."""
        with self.kit.store.read() as session:
            numbered = select(event_log.c.position).where(event_log.c.position.is_not(None))
            return list(session.scalars(numbered.order_by(event_log.c.position)))

    def breaks(self) -> list[Break]:
        """Return where the log is not whole."""
        with self.kit.store.read() as session:
            return list(breaks(session))


def year_of(kit: Kit, folder: Path, counts: Sequence[int] = (250, 3, 2)) -> Year:
    """Return a log from September on with so many events a month, all sent; each month's second is internal."""
    year = Year(kit, MonthFiles(folder))
    attach(kit.store, year.files)
    for at, count in zip((IN_SEPTEMBER, IN_OCTOBER, IN_NOVEMBER), counts, strict=False):
        year.tell(at, *month_of_events(at, count))
    year.send()
    return year


def month_of_events(at: datetime, count: int) -> Sequence[Event]:
    """Return events about ten hazards, the second one internal."""
    told: list[Event] = [verified(f"h{number % 10}") for number in range(count)]
    told[1] = HazardPhotoStoredV1(subdistrict="110108005", photo_id=f"p{at.month}")
    return told


def verified(hazard: str) -> HazardVerifiedV1:
    """Return an event about a hazard."""
    return HazardVerifiedV1(subdistrict="110108005", hazard_id=hazard, rider_id="rider", severity="low")


def positions(wires: Sequence[str]) -> list[int]:
    """Return the positions of wire documents."""
    return [int(wire.rpartition('"position":')[2].partition(",")[0]) for wire in wires]
