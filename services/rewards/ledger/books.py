"""The books of a set of events: what they are about is read at once, decided upon in memory, and written at once."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.rewards.ledger import chart, models
from services.rewards.ledger.chart import Movement
from services.rewards.ledger.records import Account, Claim, Entry, Hold, Lot, Posting
from services.rewards.ledger.rules import Report, lot_expiry
from shared.db.records import Records
from shared.db.sets import insert_rows, one_of
from shared.events.envelope import Event
from shared.messaging import schedule_all
from shared.random import derived_id


class Books:
    """Accounts, claims and holds as they are to be, and what was booked; an erased rider has no account."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._accounts = Records(session, models.Balance.table(), Account)
        self._claims = Records(session, models.Claim.table(), Claim)
        self._holds = Records(session, models.Hold.table(), Hold)
        self._hold_of: dict[str, Hold] = {}
        self._merged: set[str] = set()
        self._booked: set[str] = set()
        self._entries: list[Entry] = []
        self._postings: list[Posting] = []
        self._lots: list[Lot] = []
        self._timers: list[tuple[str, str, datetime]] = []

    def read_claims(self, hazard_ids: Collection[str]) -> set[str]:
        """Take in the claims of reports and of those merged into them, with their holds; return the claims' riders."""
        named = (models.Claim.hazard_id, models.Claim.survivor_id)
        direct, merged = (one_of(self._session, column, hazard_ids) for column in named)
        self._claims.read(direct | merged, lock=True)
        self._merged = {claim.hazard_id for claim in self._claims if claim.survivor_id is not None}
        about = {claim.hazard_id for claim in self._claims}
        held = one_of(self._session, models.Hold.cause_id, about)
        self._holds.read(models.Hold.cause_kind == chart.HAZARD, held)
        self._hold_of = {hold.cause_id: hold for hold in self._holds}
        return {claim.rider_id for claim in self._claims if claim.rider_id is not None}

    def read_accounts(self, rider_ids: Collection[str]) -> None:
        """Take in the accounts of riders; whoever calls has locked them."""
        self._accounts.read(one_of(self._session, models.Balance.rider_id, rider_ids), lock=True)

    def read_awards(self, cause_kind: str, cause_ids: Collection[str]) -> None:
        """Take in which awards were booked about matters."""
        entry = models.Entry
        about = (one_of(self._session, entry.cause_id, cause_ids), entry.cause_kind == cause_kind)
        self._booked |= set(self._session.scalars(select(entry.key).where(*about, entry.kind == chart.AWARD)))

    def find_account(self, rider_id: str | None) -> Account | None:
        """Return a rider's account, None for one who is erased."""
        return None if rider_id is None else self._accounts.find(rider_id)

    def find_claim(self, hazard_id: str) -> Claim | None:
        """Return a report's claim."""
        return self._claims.find(hazard_id)

    def find_hold(self, hazard_id: str) -> Hold | None:
        """Return what is or was held for a report."""
        return self._hold_of.get(hazard_id)

    def list_merged(self, survivor_id: str) -> list[Claim]:
        """Return the claims of the reports that were merged into another."""
        merged = (self._claims.find(hazard_id) for hazard_id in sorted(self._merged))
        return [claim for claim in merged if claim is not None and claim.survivor_id == survivor_id]

    def is_booked(self, movement: Movement) -> bool:
        """Tell whether an award was booked before."""
        return movement.key in self._booked

    def open_claim(self, report: Report, rider_id: str | None) -> Claim:
        """Open the claim of a report; without rider where the rider was erased."""
        claim = Claim(report.hazard_id, rider_id, report.subdistrict, report.earns, report.reported_at)
        return self._claims.add(claim)

    def merge(self, claim: Claim, survivor_id: str, at: datetime, *, shares: bool) -> None:
        """Let a claim follow another one."""
        claim.survivor_id, claim.merged_at, claim.shares = survivor_id, at, shares
        self._merged.add(claim.hazard_id)

    def book(self, account: Account, movement: Movement, told_by: type[Event], at: datetime) -> Entry:
        """Write a movement with its postings, and carry it into the rider's account.

        `told_by` is the class of the event that tells it, emitted with `once=entry.key, at=entry.time`.
        """
        entry = chart.entry_of(movement, told_by.type_name(), at)
        self._entries.append(entry)
        self._postings += chart.postings_of(movement, entry)
        chart.carry(movement, account)
        self._booked.add(entry.key)
        return entry

    def add_hold(self, movement: Movement, points: int, at: datetime, expires_at: datetime) -> Hold:
        """Keep points as set aside until the hold is settled, or expires."""
        hold = self._holds.add(chart.hold_of(movement, points, at, expires_at))
        self._hold_of[hold.cause_id] = hold
        self._timers.append(("expire-hold", hold.id, expires_at))
        return hold

    def add_lot(self, movement: Movement, entry: Entry) -> Lot:
        """Keep an award's points as a lot of their own, until it expires."""
        lot = Lot(
            id=derived_id(entry.time, "lot", entry.key),
            rider_id=movement.rider_id,
            subdistrict=entry.subdistrict,
            points=movement.change_of(chart.AVAILABLE),
            expires_at=lot_expiry(entry.time),
            entry_id=entry.id,
        )
        self._lots.append(lot)
        self._timers.append(("expire-lot", lot.id, lot.expires_at))
        return lot

    def write(self) -> None:
        """Write all that was changed and booked."""
        for records in (self._accounts, self._claims, self._holds):
            records.write()
        insert_rows(self._session, models.Entry.table(), self._entries)
        insert_rows(self._session, models.Posting.table(), self._postings)
        insert_rows(self._session, models.Lot.table(), self._lots)
        schedule_all(self._session, self._timers)


@contextmanager
def books_of_hazards(session: Session, hazard_ids: Collection[str], rider_ids: Collection[str]) -> Iterator[Books]:
    """Open the books of reports and riders, whose accounts are locked; they are written when the block ends."""
    books = Books(session)
    books.read_accounts({*rider_ids, *books.read_claims(hazard_ids)})
    yield books
    books.write()


@contextmanager
def books_of_classes(session: Session, class_ids: Collection[str], rider_ids: Collection[str]) -> Iterator[Books]:
    """Open the books of classes and riders, whose accounts are locked; they are written when the block ends."""
    books = Books(session)
    books.read_awards(chart.ATTENDANCE, class_ids)
    books.read_accounts(rider_ids)
    yield books
    books.write()
