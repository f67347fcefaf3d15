"""Routes of decisions."""

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.governance.decisions import commands
from services.governance.decisions.rules import REASON_TITLES
from services.governance.decisions.schemas import DecisionView, Merger, ReasonView, Rejection, Verification
from services.governance.states import State
from shared.auth import STAFF, authorize
from shared.web import Caller

router = APIRouter(tags=["decisions"])


@router.get("/rejection-reasons")
def list_reasons(call: Caller) -> list[ReasonView]:
    """List the reasons for which a report can be rejected (staff)."""
    authorize(call.principal, STAFF)
    return [ReasonView(code=code, title_zh=zh, title_en=en) for code, (zh, en) in REASON_TITLES.items()]


@router.post("/hazards/{hazard_id}/verifications", status_code=201, response_model=DecisionView)
def verify_hazard(hazard_id: str, verification: Verification, call: Caller) -> Response:
    """Verify a report with a severity (the sub-district's staff); once more with the same answers the same."""
    return call.once(lambda session: commands.verify_hazard(session, call.principal, hazard_id, verification), _show)


@router.post("/hazards/{hazard_id}/rejections", status_code=201, response_model=DecisionView)
def reject_hazard(hazard_id: str, rejection: Rejection, call: Caller) -> Response:
    """Reject a report for a reason (the sub-district's staff); once more with the same answers the same."""
    return call.once(lambda session: commands.reject_hazard(session, call.principal, hazard_id, rejection), _show)


@router.post("/hazards/{hazard_id}/mergers", status_code=201, response_model=DecisionView)
def merge_hazard(hazard_id: str, merger: Merger, call: Caller) -> Response:
    """Merge a report, and what was merged into it, into another one (the sub-district's staff)."""
    return call.once(lambda session: commands.merge_hazard(session, call.principal, hazard_id, merger), _show)


def _show(session: Session, hazard_id: str) -> DecisionView:
    hazard = commands.get_decided(session, hazard_id)
    return DecisionView(
        hazard_id=hazard.id,
        state=State(hazard.state),
        severity=hazard.outcome if hazard.state == State.VERIFIED else None,
        reason=hazard.outcome if hazard.state == State.REJECTED else None,
        merged_into=hazard.survivor_id,
        shares_award=hazard.shares_award,
        decided_at=hazard.decided_at,
    )
