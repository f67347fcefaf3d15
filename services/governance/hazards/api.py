"""Routes of reports, but for what staff decide about them."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from services.governance.hazards import commands, personal, rules, store
from services.governance.hazards.models import Hazard
from services.governance.hazards.schemas import (
    HazardAnswer,
    HazardChange,
    HazardDetails,
    HazardDraft,
    HazardView,
    Place,
    Similar,
)
from services.governance.hazards.wording import note_on
from services.governance.states import State
from shared.auth import STAFF, Role, authorize, scope_of
from shared.errors import NOT_FOUND
from shared.geo import Datum
from shared.web import Call, Caller, Cursor, Page, page_of

router = APIRouter(tags=["hazards"])


@router.post("/hazards", status_code=201, response_model=HazardAnswer)
def report_hazard(draft: HazardDraft, call: Caller) -> Response:
    """Report a hazard (rider); similar open reports are suggested in the answer."""
    return call.once(
        lambda session: commands.report_hazard(session, call.principal, draft),
        lambda session, hazard_id: _answer(session, call, hazard_id),
    )


@router.get("/hazards")
def list_hazards(call: Caller, cursor: Cursor, state: Annotated[State | None, Query()] = None) -> Page[HazardView]:
    """List the reports of the own sub-district (staff), in one state or in all."""
    authorize(call.principal, STAFF)
    wanted = store.list_hazards(scope_of(call.principal), state)
    return call.read(partial(page_of, wanted=wanted, key=Hazard.id, cursor=cursor, view=view_of))


@router.get("/hazards/mine")
def list_own_hazards(call: Caller, cursor: Cursor) -> Page[HazardView]:
    """List the rider's own reports and what became of them."""
    authorize(call.principal, {Role.RIDER})
    wanted = store.list_hazards_of(call.principal.id)
    return call.read(partial(page_of, wanted=wanted, key=Hazard.id, cursor=cursor, view=view_of))


@router.get("/hazards/{hazard_id}")
def get_hazard(hazard_id: str, call: Caller) -> HazardDetails:
    """Return a report with words and exact place, to its rider and to the sub-district's staff."""
    return call.read(lambda session: _details(session, call, hazard_id))


@router.patch("/hazards/{hazard_id}", response_model=HazardView)
def change_hazard(hazard_id: str, change: HazardChange, call: Caller) -> Response:
    """Correct the words or the place of an own report, while nobody has decided about it."""
    return call.act(
        lambda session: commands.change_hazard(session, call.principal, hazard_id, change),
        lambda session, changed: view_of(store.get_hazard(session, changed)),
    )


def view_of(hazard: Hazard) -> HazardView:
    """Return what a list shows of a report."""
    return HazardView(
        hazard_id=hazard.id,
        state=State(hazard.state),
        subdistrict=hazard.subdistrict,
        community=hazard.community,
        category=hazard.category,
        earns=hazard.no_award is None,
        no_award=hazard.no_award,
        has_photo=hazard.photo_id is not None,
        same_photo_as=hazard.same_photo_as,
        severity=hazard.outcome if hazard.state == State.VERIFIED else None,
        reason=hazard.outcome if hazard.state == State.REJECTED else None,
        merged_into=hazard.survivor_id,
        shares_award=hazard.shares_award,
        reported_at=hazard.reported_at,
        decided_at=hazard.decided_at,
    )


def _answer(session: Session, call: Call, hazard_id: str) -> HazardAnswer:
    hazard = store.get_hazard(session, hazard_id)
    limit = rules.earning_rule(hazard.reported_at).reports_max
    return HazardAnswer(
        hazard_id=hazard.id,
        state=State(hazard.state),
        subdistrict=hazard.subdistrict,
        community=hazard.community,
        category=hazard.category,
        earns=hazard.no_award is None,
        no_award=hazard.no_award,
        note=note_on(hazard.no_award, call.language, limit),
        earning_reports_max=limit,
        similar=_similar(session, hazard),
        same_photo_as=hazard.same_photo_as,
        reported_at=hazard.reported_at,
    )


def _details(session: Session, call: Call, hazard_id: str) -> HazardDetails:
    hidden = NOT_FOUND(kind="hazard", id=hazard_id)
    hazard = store.get_hazard(session, hazard_id)
    owner, roles = hazard.rider_id or "", STAFF | {Role.RIDER}
    authorize(call.principal, roles, subdistrict=hazard.subdistrict, owner=owner, hidden=hidden)
    content = personal.find_content(session, hazard_id)
    place = None
    if content is not None:
        point = content.point
        place = Place(lat=point.lat, lon=point.lon, datum=Datum.WGS84, accuracy_m=content.accuracy_m)
    return HazardDetails(
        **view_of(hazard).model_dump(),
        words=content.words if content is not None else None,
        point=place,
        similar=_similar(session, hazard),
    )


def _similar(session: Session, hazard: Hazard) -> list[Similar]:
    near = personal.list_near(session, hazard, rules.near_rule(hazard.reported_at))
    return [
        Similar(
            hazard_id=found.hazard.id,
            state=State(found.hazard.state),
            category=found.hazard.category,
            distance_m=found.distance_m,
            minutes_ago=int((hazard.reported_at - found.hazard.reported_at).total_seconds() // 60),
        )
        for found in near
    ]
