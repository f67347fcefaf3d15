"""Every query on reports, but for what is personal in them."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.governance.hazards.models import EarningDay, Hazard
from services.governance.states import State
from shared.db.locks import locked
from shared.db.upsert import insert_new
from shared.errors import NOT_FOUND
from shared.events.governance import HazardReportedV1
from shared.messaging.history import first_of_subject


def add_hazard(session: Session, hazard: Hazard) -> None:
    """Keep a new report."""
    session.add(hazard)
    session.flush()


def find_hazard(session: Session, hazard_id: str) -> Hazard | None:
    """Return a report."""
    return session.get(Hazard, hazard_id)


def get_hazard(session: Session, hazard_id: str) -> Hazard:
    """Return a report; raises NOT_FOUND."""
    hazard = find_hazard(session, hazard_id)
    if hazard is None:
        raise NOT_FOUND(kind="hazard", id=hazard_id)
    return hazard


def lock_hazards(session: Session, hazard_ids: Collection[str]) -> dict[str, Hazard]:
    """Return reports by id that nobody else changes until the transaction ends; those that are there."""
    wanted = locked(select(Hazard).where(Hazard.id.in_(sorted(hazard_ids))).order_by(Hazard.id))
    return {hazard.id: hazard for hazard in session.scalars(wanted)}


def lock_hazard(session: Session, hazard_id: str) -> Hazard:
    """Return a report that nobody else changes until the transaction ends; raises NOT_FOUND."""
    found = lock_hazards(session, {hazard_id})
    if hazard_id not in found:
        raise NOT_FOUND(kind="hazard", id=hazard_id)
    return found[hazard_id]


def lock_day(session: Session, rider_id: str, day: date) -> EarningDay:
    """Return the rider's count of a day; the rider's other reports of the day wait for this transaction."""
    session.execute(insert_new(session, EarningDay.table()), [{"rider_id": rider_id, "day": day, "earning": 0}])
    wanted = select(EarningDay).where(EarningDay.rider_id == rider_id, EarningDay.day == day)
    return session.scalars(locked(wanted)).one()


def count_reports(session: Session, rider_id: str, since: datetime, until: datetime) -> int:
    """Return how many reports a rider made from one moment on and before another."""
    made = (Hazard.rider_id == rider_id, Hazard.reported_at >= since, Hazard.reported_at < until)
    return session.scalar(select(func.count()).select_from(Hazard).where(*made)) or 0


def list_hazards(subdistrict: str | None, state: State | None) -> Select[Hazard]:
    """Select the reports of a sub-district (None: all) in a state (None: any)."""
    wanted = select(Hazard)
    if subdistrict is not None:
        wanted = wanted.where(Hazard.subdistrict == subdistrict)
    return wanted if state is None else wanted.where(Hazard.state == state.value)


def list_hazards_of(rider_id: str) -> Select[Hazard]:
    """Select a rider's reports."""
    return select(Hazard).where(Hazard.rider_id == rider_id)


def list_merged_into(session: Session, survivor_id: str) -> list[Hazard]:
    """Return the reports that stand under a surviving one, in the order in which they came to."""
    merged = select(Hazard).where(Hazard.survivor_id == survivor_id)
    return list(session.scalars(merged.order_by(Hazard.decided_at, Hazard.id)))


def reporter_of(session: Session, hazard: Hazard) -> str:
    """Return the opaque id of who reported, as the log says it where the rider was erased since.

    Events of one report name one rider from the first to the last, or else no other service could tell whose it was.
    """
    if hazard.rider_id is not None:
        return hazard.rider_id
    return first_of_subject(session, hazard.id, HazardReportedV1).rider_id
