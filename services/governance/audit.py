"""What an auditor can prove of governance: reports, decisions, daily counts and photos agree with the log."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.governance.hazards.models import EarningDay, Hazard, HazardContent
from services.governance.hazards.rules import earning_rule
from services.governance.photos.models import Photo
from services.governance.states import State
from shared.clock import local_day
from shared.events.envelope import Event
from shared.events.governance import HazardMergedV1, HazardRejectedV1, HazardReportedV1, HazardVerifiedV1
from shared.messaging.history import read_back
from shared.messaging.tables import tombstone
from shared.photos.store import PhotoStore
from shared.service import Audit, Effect, Finding

E = TypeVar("E", bound=Event)


def audit_of(files: PhotoStore) -> Audit:
    """Return what can be proved of a store whose photos are kept in `files`."""
    return Audit(check=partial(check, files), effects=effects)


def check(files: PhotoStore, session: Session) -> Iterator[Finding]:
    """Find where reports, what was told of them, daily counts and photos differ."""
    yield from _check_reported(session)
    yield from _check_decided(session)
    yield from _check_merged(session)
    yield from _check_daily_limit(session)
    yield from _check_photos(session, files)
    yield from _check_erased(session)


def effects(_session: Session) -> Iterator[Effect]:
    """Nothing stands in governance because of another service's event, apart from who belongs where."""
    yield from ()


def _check_reported(session: Session) -> Iterator[Finding]:
    told = {event.hazard_id: event for event, _ in _told(session, HazardReportedV1)}
    for row in session.scalars(select(Hazard)):
        event = told.pop(row.id, None)
        if event is None or _facts_told(event) != _facts_kept(row):
            yield Finding("hazard-differs-from-log", row.id, f"report {row.id} is not what the log says was reported")
        elif row.rider_id not in (None, event.rider_id):
            yield Finding("hazard-differs-from-log", row.id, f"report {row.id} changed its rider")
    for lost in sorted(told):
        yield Finding("hazard-missing", lost, f"the log tells of report {lost}, which is not there")


def _check_decided(session: Session) -> Iterator[Finding]:
    """Compare every state with the log: each report has one decision at most."""
    told: dict[str, list[tuple[str, str]]] = {}
    for verified, _ in _told(session, HazardVerifiedV1):
        told.setdefault(verified.hazard_id, []).append((State.VERIFIED, verified.severity))
    for rejected, _ in _told(session, HazardRejectedV1):
        told.setdefault(rejected.hazard_id, []).append((State.REJECTED, rejected.reason))
    for row in session.scalars(select(Hazard)):
        kept = [(row.state, row.outcome)] if row.state in (State.VERIFIED, State.REJECTED) else []
        in_log = told.get(row.id, [])
        if in_log != kept:
            detail = f"report {row.id} is {row.state} ({row.outcome}), the log says {_spelled(in_log)}"
            yield Finding("decision-differs-from-log", row.id, detail)


def _check_merged(session: Session) -> Iterator[Finding]:
    told = {event.merged_hazard_id: event for event, _ in _told(session, HazardMergedV1)}
    states: dict[str, str] = {row.id: row.state for row in session.execute(select(Hazard.id, Hazard.state))}
    for row in session.scalars(select(Hazard)):
        event = told.get(row.id)
        in_log = (event.hazard_id, event.shares_award) if event is not None else (None, None)
        if (row.survivor_id, row.shares_award) != in_log or (row.state == State.MERGED) != (event is not None):
            detail = f"report {row.id} ({row.state}) stands under {row.survivor_id}, the log says {in_log[0]}"
            yield Finding("merger-differs-from-log", row.id, detail)
        if row.survivor_id is not None and states.get(row.survivor_id) in (None, State.MERGED):
            detail = f"report {row.id} stands under {row.survivor_id}, which is not there or merged itself"
            yield Finding("survivor-missing", row.id, detail)


def _check_daily_limit(session: Session) -> Iterator[Finding]:
    earning: Counter[tuple[str, str]] = Counter()
    limits: dict[tuple[str, str], int] = {}
    for event, moment in _told(session, HazardReportedV1):
        day = (event.rider_id, str(local_day(moment)))
        earning[day] += event.earns
        limits[day] = earning_rule(moment).reports_max
    for (rider_id, on), count in sorted(earning.items()):
        if count > limits[rider_id, on]:
            detail = f"{count} reports of {on} earn, {limits[rider_id, on]} may"
            yield Finding("daily-limit-exceeded", rider_id, detail)
    for row in session.scalars(select(EarningDay)):
        if row.earning != earning[row.rider_id, str(row.day)]:
            detail = f"{row.earning} earning reports counted on {row.day}, {earning[row.rider_id, str(row.day)]} told"
            yield Finding("daily-count-differs-from-log", row.rider_id, detail)


def _check_photos(session: Session, files: PhotoStore) -> Iterator[Finding]:
    carriers = dict(session.execute(select(Hazard.id, Hazard.photo_id)).all())
    kept: dict[str, set[str]] = {}
    for row in session.scalars(select(Photo)):
        folder = row.file_key.partition("/")[0]
        if folder not in kept:
            kept[folder] = set(files.keys(folder))
        if row.file_key not in kept[folder]:
            yield Finding("photo-missing", row.id, f"the file of photo {row.id} is not there")
        if row.hazard_id is not None and carriers.get(row.hazard_id) != row.id:
            yield Finding("photo-without-hazard", row.id, f"photo {row.id} is not the one of report {row.hazard_id}")


def _check_erased(session: Session) -> Iterator[Finding]:
    for table in (Hazard, HazardContent, EarningDay, Photo):
        left = select(table.rider_id).where(table.rider_id.in_(select(tombstone.c.rider_id))).distinct()
        for rider_id in session.scalars(left):
            detail = f"table {table.__tablename__} still names an erased rider"
            yield Finding("erased-rider-remains", str(rider_id), detail)


def _facts_told(event: HazardReportedV1) -> tuple[str, str, str, bool]:
    return event.subdistrict, event.community, event.category, event.earns


def _facts_kept(row: Hazard) -> tuple[str, str, str, bool]:
    return row.subdistrict, row.community, row.category, row.no_award is None


def _spelled(decisions: list[tuple[str, str]]) -> str:
    return ", ".join(f"{state} ({outcome})" for state, outcome in decisions) or "nothing"


def _told(session: Session, event: type[E]) -> Iterator[tuple[E, datetime]]:
    return ((told, envelope.time) for envelope, told in read_back(session, event))
