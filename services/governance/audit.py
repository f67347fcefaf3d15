"""What an auditor can prove of governance: reports, decisions, daily counts and photos agree with the log."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.governance.hazards.models import EarningDay, Hazard, HazardContent
from services.governance.hazards.rules import earning_rule, reporting_rule
from services.governance.photos.models import Photo
from services.governance.states import State
from shared.audit import erased_that_remain
from shared.clock import local_day
from shared.events.governance import HazardMergedV1, HazardRejectedV1, HazardReportedV1, HazardVerifiedV1
from shared.messaging.history import enveloped_told, events_told
from shared.photos.store import PhotoStore
from shared.service import Audit, Effect, Finding


def audit_of(files: PhotoStore) -> Audit:
    """Return what can be proved of a store whose photos are kept in `files`."""
    return Audit(check=partial(check, files), effects=effects)


def check(files: PhotoStore, session: Session) -> Iterator[Finding]:
    """Find where reports, what was told of them, daily counts and photos differ."""
    yield from _check_reported(session)
    yield from _check_decided(session)
    yield from _check_merged(session)
    yield from _check_daily_limits(session)
    yield from _check_photos(session, files)
    yield from erased_that_remain(session, Hazard.rider_id, HazardContent.rider_id, EarningDay.rider_id, Photo.rider_id)


def effects(_session: Session) -> Iterator[Effect]:
    """Nothing stands in governance because of another service's event, apart from who belongs where."""
    yield from ()


def _check_reported(session: Session) -> Iterator[Finding]:
    told = {event.hazard_id: event for event in events_told(session, HazardReportedV1)}
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
    for verified in events_told(session, HazardVerifiedV1):
        told.setdefault(verified.hazard_id, []).append((State.VERIFIED, verified.severity))
    for rejected in events_told(session, HazardRejectedV1):
        told.setdefault(rejected.hazard_id, []).append((State.REJECTED, rejected.reason))
    for row in session.scalars(select(Hazard)):
        kept = [(row.state, row.outcome)] if row.state in (State.VERIFIED, State.REJECTED) else []
        in_log = told.get(row.id, [])
        if in_log != kept:
            detail = f"report {row.id} is {row.state} ({row.outcome}), the log says {_spelled(in_log)}"
            yield Finding("decision-differs-from-log", row.id, detail)


def _check_merged(session: Session) -> Iterator[Finding]:
    told = {event.merged_hazard_id: event for event in events_told(session, HazardMergedV1)}
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


def _check_daily_limits(session: Session) -> Iterator[Finding]:
    earning: Counter[tuple[str, str]] = Counter()
    reported: Counter[tuple[str, str]] = Counter()
    limits: dict[tuple[str, str], tuple[int, int]] = {}
    for envelope, event in enveloped_told(session, HazardReportedV1):
        moment = envelope.time
        day = (event.rider_id, str(local_day(moment)))
        earning[day] += event.earns
        reported[day] += 1
        limits[day] = (earning_rule(moment).reports_max, reporting_rule(moment).reports_max)
    for (rider_id, on), (earning_max, reports_max) in sorted(limits.items()):
        if earning[rider_id, on] > earning_max:
            detail = f"{earning[rider_id, on]} reports of {on} earn, {earning_max} may"
            yield Finding("daily-limit-exceeded", rider_id, detail)
        if reported[rider_id, on] > reports_max:
            detail = f"{reported[rider_id, on]} reports were taken on {on}, {reports_max} may be"
            yield Finding("daily-reports-exceeded", rider_id, detail)
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


def _facts_told(event: HazardReportedV1) -> tuple[str, str, str, bool]:
    return event.subdistrict, event.community, event.category, event.earns


def _facts_kept(row: Hazard) -> tuple[str, str, str, bool]:
    return row.subdistrict, row.community, row.category, row.no_award is None


def _spelled(decisions: list[tuple[str, str]]) -> str:
    return ", ".join(f"{state} ({outcome})" for state, outcome in decisions) or "nothing"
