"""What riders may ask of reports: make one, correct it while nobody has decided."""

from dataclasses import replace
from datetime import datetime
from math import ceil

from sqlalchemy.orm import Session

from services.governance.categories import problems as category_problems
from services.governance.categories import store as categories
from services.governance.categories.rules import is_open
from services.governance.hazards import personal, problems, rules, store
from services.governance.hazards.models import Hazard
from services.governance.hazards.personal import Content
from services.governance.hazards.schemas import HazardChange, HazardDraft, StatedPoint
from services.governance.people import store as people
from services.governance.people.rules import PRECISE_LOCATION
from services.governance.photos import problems as photo_problems
from services.governance.photos import rules as photo_rules
from services.governance.photos import store as photos
from services.governance.photos.rules import Sighting
from services.governance.problems import RIDER_GONE
from services.governance.states import State
from shared import geo
from shared.auth import Principal, Role, authorize
from shared.clock import end_of_local_day, local_day, start_of_local_day
from shared.errors import NOT_FOUND
from shared.events.governance import HazardDetailsChangedV1, HazardReportedV1
from shared.messaging import cancel, emit, is_erased, new_id, now
from shared.places import Place, UnknownPlaceError, get_community

Whereabouts = tuple[geo.Point, float | None]
"""A place, and give or take how many metres."""


def report_hazard(session: Session, principal: Principal, draft: HazardDraft) -> str:
    """Report a hazard to the sub-district of its community; return its id.

    A report that nothing will be earned for is accepted all the same: above the daily limit, or with a photo that the
    rider sent before. What looks like it is suggested, never refused. Raises TOO_MANY_REPORTS for a flood.
    """
    rider_id = _admitted(session, principal)
    community = _community(draft.community)
    _refuse_closed_category(session, draft.category)
    content = Content(draft.words, *_place(session, rider_id, draft.point))
    hazard = _new_hazard(session, rider_id, draft, community)

    day = store.lock_day(session, rider_id, local_day(hazard.reported_at))
    _refuse_flood(session, rider_id, hazard.reported_at)
    seen = _take_photo(session, hazard)
    own_photo = seen is not None and seen.rider_id == rider_id
    earning_rule = rules.earning_rule(hazard.reported_at)
    hazard.no_award = rules.forgone_award(earning_rule, earning=day.earning, own_photo=own_photo)
    day.earning += hazard.no_award is None
    hazard.same_photo_as = seen.hazard_id if seen is not None else None
    store.add_hazard(session, hazard)
    personal.keep_content(session, rider_id, hazard.id, content)
    _tell_reported(session, rider_id, hazard)
    return hazard.id


def change_hazard(session: Session, principal: Principal, hazard_id: str, change: HazardChange) -> str:
    """Correct the words or the place of an own report that nobody has decided about; what was there is replaced.

    Raises ALREADY_DECIDED, and TOO_MANY_CHANGES for a report that was corrected again and again.
    """
    rider_id = _admitted(session, principal)
    hazard, hidden = store.lock_hazard(session, hazard_id), NOT_FOUND(kind="hazard", id=hazard_id)
    authorize(principal, {Role.RIDER}, owner=hazard.rider_id or "", hidden=hidden)
    if hazard.state != State.REPORTED:
        raise problems.ALREADY_DECIDED(
            hazard_id=hazard.id, state=hazard.state, outcome=hazard.outcome or hazard.survivor_id
        )
    content = personal.find_content(session, hazard_id)
    if content is None:
        raise hidden

    place = None if change.point is None else _place(session, rider_id, change.point)
    wanted = _changed(content, change.words, place)
    if wanted != content:
        _count_change(hazard, now(session))
        personal.keep_content(session, rider_id, hazard_id, wanted)
        fields = _names_of_changes(content, wanted)
        emit(session, HazardDetailsChangedV1(subdistrict=hazard.subdistrict, hazard_id=hazard.id, fields=fields))
    return hazard.id


def _count_change(hazard: Hazard, moment: datetime) -> None:
    limit = rules.changing_rule(moment).changes_max
    if hazard.changes >= limit:
        raise problems.TOO_MANY_CHANGES(hazard_id=hazard.id, limit=limit)
    hazard.changes += 1


def _admitted(session: Session, principal: Principal) -> str:
    authorize(principal, {Role.RIDER})
    if is_erased(session, principal.id):
        raise RIDER_GONE()
    return principal.id


def _refuse_flood(session: Session, rider_id: str, moment: datetime) -> None:
    """Refuse what is above the day's limit; the day is locked, so nobody else counts it meanwhile."""
    limit, again_at = rules.reporting_rule(moment).reports_max, end_of_local_day(moment)
    if store.count_reports(session, rider_id, start_of_local_day(moment), again_at) >= limit:
        wait_s = ceil((again_at - moment).total_seconds())
        raise problems.TOO_MANY_REPORTS(limit=limit, again_at=again_at, retry_after_s=wait_s)


def _new_hazard(session: Session, rider_id: str, draft: HazardDraft, community: Place) -> Hazard:
    return Hazard(
        id=new_id(session, "hazard"),
        rider_id=rider_id,
        subdistrict=community.within,
        community=community.code,
        category=draft.category,
        state=State.REPORTED,
        photo_id=draft.photo_id,
        reported_at=now(session),
    )


def _take_photo(session: Session, hazard: Hazard) -> Sighting | None:
    """Let the report carry its photo; return where the same photo was seen before."""
    if hazard.photo_id is None:
        return None
    photo, rider_id = photos.lock_photo(session, hazard.photo_id), str(hazard.rider_id)
    if photo.rider_id != rider_id:
        raise NOT_FOUND(kind="photo", id=photo.id)
    if photo.hazard_id is not None:
        raise photo_problems.PHOTO_TAKEN(photo_id=photo.id, hazard_id=photo.hazard_id)
    rule, trace = photo_rules.photo_rule(hazard.reported_at), photos.trace_of(photo)
    earlier = photos.list_sightings(session, trace, rider_id, hazard.subdistrict, hazard.reported_at - rule.remembered)

    photos.carry(session, photo, hazard.id, hazard.subdistrict)
    cancel(session, "forget-photo", photo.id)
    return photo_rules.earlier_sighting(trace, rider_id, earlier, rule)


def _changed(content: Content, words: str | None, place: Whereabouts | None) -> Content:
    if words is not None:
        content = replace(content, words=words)
    if place is not None:
        content = replace(content, point=place[0], accuracy_m=place[1])
    return content


def _names_of_changes(before: Content, after: Content) -> tuple[str, ...]:
    moved = (before.point, before.accuracy_m) != (after.point, after.accuracy_m)
    return ("point",) * moved + ("words",) * (before.words != after.words)


def _community(code: str) -> Place:
    try:
        return get_community(code)
    except UnknownPlaceError as error:
        raise problems.UNKNOWN_COMMUNITY(community=code) from error


def _refuse_closed_category(session: Session, code: str) -> None:
    if not is_open(categories.get_catalogue(session), code):
        raise category_problems.UNKNOWN_CATEGORY(category=code)


def _place(session: Session, rider_id: str, stated: StatedPoint) -> Whereabouts:
    """Return the place that is kept: of a rider who declined that the exact one is used, the middle of its cell."""
    point = _point(stated)
    if people.has_declined(session, rider_id, PRECISE_LOCATION):
        return geo.middle_of_cell(point), geo.CELL_SPAN_M
    return point, stated.accuracy_m


def _point(stated: StatedPoint) -> geo.Point:
    try:
        return geo.plausible_point(stated.lat, stated.lon, stated.datum)
    except geo.ImplausiblePointError as error:
        bounds = {"south": geo.SOUTH, "north": geo.NORTH, "west": geo.WEST, "east": geo.EAST}
        raise problems.POINT_IMPLAUSIBLE(**bounds) from error


def _tell_reported(session: Session, rider_id: str, hazard: Hazard) -> None:
    event = HazardReportedV1(
        subdistrict=hazard.subdistrict,
        hazard_id=hazard.id,
        rider_id=rider_id,
        community=hazard.community,
        category=hazard.category,
        earns=hazard.no_award is None,
        no_award=hazard.no_award or "",
    )
    emit(session, event)
