"""Faults that the simulation must find: each breaks one promise, so that a simulation that passes means something."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.rewards.ledger import handlers as ledger
from services.rewards.ledger import models, store
from services.rewards.ledger.books import Books
from services.rewards.ledger.records import Claim
from shared.keys.ring import KeyRing
from shared.messaging import log, relay
from shared.messaging.arrivals import Arrival
from shared.messaging.fold import Fold
from shared.messaging.marks import Mark

Plant = Callable[[pytest.MonkeyPatch], None]


def marks_not_checked(patch: pytest.MonkeyPatch) -> None:
    """Apply whatever arrives, however often and in whatever order."""

    def take(fold: Fold, one: Arrival, _unknown_version: frozenset[str]) -> None:
        fold.ready.append(one)
        fold.marks[one.envelope.subject] = fold.moved[one.envelope.subject] = Mark(one.sequence, one.seal)

    patch.setattr(Fold, "_take", take)


def commit_before_the_event(patch: pytest.MonkeyPatch) -> None:
    """Commit the change first and write its events in a second transaction."""
    append = log.append

    def commit_and_append(session: Session) -> None:
        session.flush()
        session.commit()
        append(session)

    patch.setattr(log, "append", commit_and_append)


def relay_that_skips_a_row(patch: pytest.MonkeyPatch) -> None:
    """Never number every thirteenth row of a log."""
    number = relay._number

    def number_most(session: Session, lease: Any, rows: Sequence[Any]) -> list[relay.Numbered]:
        kept = [row for row in rows if row.ordinal % 13]
        return number(session, lease, kept) if kept else []

    patch.setattr(relay, "_number", number_most)


def expiry_that_takes_valid_points(patch: pytest.MonkeyPatch) -> None:
    """Let an expiring lot take what was spent of it out of the rider's other lots."""

    def points_of(session: Session, lot_id: str) -> int:
        return store.get_lot(session, lot_id).points

    patch.setattr(store, "left_of", points_of)


def handler_that_does_not_commute(patch: pytest.MonkeyPatch) -> None:
    """Give every second award that is heard of one point more."""
    award = ledger._award_claim

    def award_by_turn(session: Session, books: Books, claim: Claim, points: int) -> None:
        decided = select(func.count()).select_from(models.Claim).where(models.Claim.decision.is_not(None))
        award(session, books, claim, points + (session.scalar(decided) or 0) % 2)

    patch.setattr(ledger, "_award_claim", award_by_turn)


def keys_that_outlive_their_riders(patch: pytest.MonkeyPatch) -> None:
    """Destroy no key when a rider is erased."""
    patch.setattr(KeyRing, "destroy", lambda _ring, _rider_id: None)


FAULTS: tuple[Plant, ...] = (
    marks_not_checked,
    commit_before_the_event,
    relay_that_skips_a_row,
    expiry_that_takes_valid_points,
    handler_that_does_not_commute,
    keys_that_outlive_their_riders,
)
