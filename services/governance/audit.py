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
from services.governance.told import CHECKED, HEARD, TOLD, UNTOLD
from shared.audit import differences_from_log, erased_that_remain
from shared.clock import local_day
from shared.events.governance import HazardReportedV1
from shared.messaging.history import enveloped_told, events_told
from shared.photos.store import PhotoStore
from shared.service import Audit, Effect, Finding


def audit_of(files: PhotoStore) -> Audit:
    """Return what can be proved of a store whose photos are kept in `files`."""
    return Audit(partial(check, files), effects, told=TOLD, heard=HEARD, checked=CHECKED, untold=UNTOLD)


def check(files: PhotoStore, session: Session) -> Iterator[Finding]:
    """Find where reports, what was told of them, daily counts and photos differ."""
    yield from differences_from_log(session, TOLD)
    yield from _check_earning(session)
    yield from _check_survivors(session)
    yield from _check_daily_limits(session)
    yield from _check_photos(session, files)
    yield from erased_that_remain(session, Hazard.rider_id, HazardContent.rider_id, EarningDay.rider_id, Photo.rider_id)


def effects(_session: Session) -> Iterator[Effect]:
    """Nothing stands in governance because of another service's event, apart from who belongs where."""
    yield from ()


def _check_earning(session: Session) -> Iterator[Finding]:
    earns = {event.hazard_id: event.earns for event in events_told(session, HazardReportedV1)}
    for row in session.execute(select(Hazard.id, Hazard.no_award)):
        told = earns.get(row.id)
        if told is not None and told != (row.no_award is None):
            detail = f"no_award of hazard {row.id} is {row.no_award or 'nothing'}, the log says that it earns: {told}"
            yield Finding("hazard-differs-from-log", row.id, detail)


def _check_survivors(session: Session) -> Iterator[Finding]:
    states: dict[str, str] = {row.id: row.state for row in session.execute(select(Hazard.id, Hazard.state))}
    for row in session.execute(select(Hazard.id, Hazard.survivor_id).where(Hazard.survivor_id.is_not(None))):
        if states.get(row.survivor_id) in (None, State.MERGED):
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


def _check_photos(session: Session, files: PhotoStore) -> Iterator[Finding]:
    carriers: dict[str, str | None] = dict(session.execute(select(Hazard.id, Hazard.photo_id)).all())
    kept: dict[str, set[str]] = {}
    for row in session.scalars(select(Photo)):
        folder = row.file_key.partition("/")[0]
        if folder not in kept:
            kept[folder] = set(files.keys(folder))
        if row.file_key not in kept[folder]:
            yield Finding("photo-missing", row.id, f"the file of photo {row.id} is not there")
        if row.hazard_id is not None and carriers.get(row.hazard_id) != row.id:
            yield Finding("photo-without-hazard", row.id, f"photo {row.id} is not the one of report {row.hazard_id}")
        carriers.pop(row.hazard_id or "", None)
    for hazard_id, photo_id in sorted(carriers.items()):
        if photo_id is not None:
            yield Finding("photo-missing", photo_id, f"photo {photo_id} of report {hazard_id} is not there")
