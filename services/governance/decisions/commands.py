"""What staff may decide about a report, once: it is verified, rejected, or merged into another one."""

from sqlalchemy.orm import Session

from services.governance.decisions import problems, rules
from services.governance.decisions.rules import Claim, Decision, Ruling
from services.governance.decisions.schemas import Merger, Rejection, Verification
from services.governance.hazards import problems as hazard_problems
from services.governance.hazards import store
from services.governance.hazards.models import Hazard
from services.governance.states import OPEN, State
from shared.auth import STAFF, Principal, authorize
from shared.errors import NOT_FOUND
from shared.events.governance import HazardMergedV1, HazardRejectedV1, HazardVerifiedV1
from shared.messaging import emit, now


def verify_hazard(session: Session, principal: Principal, hazard_id: str, verification: Verification) -> str:
    """Find that the hazard is real; with the same severity again, nothing more happens."""
    authorize(principal, STAFF)
    hazard = store.lock_hazard(session, hazard_id)
    _refuse_stranger(principal, hazard)
    if not _decide(session, principal, hazard, Decision(State.VERIFIED, verification.severity)):
        return hazard.id

    event = HazardVerifiedV1(
        subdistrict=hazard.subdistrict,
        hazard_id=hazard.id,
        rider_id=store.reporter_of(session, hazard),
        severity=verification.severity,
    )
    emit(session, event)
    return hazard.id


def reject_hazard(session: Session, principal: Principal, hazard_id: str, rejection: Rejection) -> str:
    """Find that there is no hazard to act on; with the same reason again, nothing more happens."""
    authorize(principal, STAFF)
    hazard = store.lock_hazard(session, hazard_id)
    _refuse_stranger(principal, hazard)
    if not _decide(session, principal, hazard, Decision(State.REJECTED, rejection.reason)):
        return hazard.id

    event = HazardRejectedV1(
        subdistrict=hazard.subdistrict,
        hazard_id=hazard.id,
        rider_id=store.reporter_of(session, hazard),
        reason=rejection.reason,
    )
    emit(session, event)
    return hazard.id


def merge_hazard(session: Session, principal: Principal, hazard_id: str, merger: Merger) -> str:
    """Put a report, and whatever was merged into it before, under another one; the same again changes nothing."""
    authorize(principal, STAFF)
    if merger.into == hazard_id:
        raise problems.MERGED_INTO_ITSELF(hazard_id=hazard_id)
    found = store.lock_hazards(session, {hazard_id, merger.into})
    hazard, survivor = _get(found, hazard_id), _get(found, merger.into)
    _refuse_stranger(principal, hazard)
    _refuse_stranger(principal, survivor)
    if not _decide(session, principal, hazard, Decision(State.MERGED, survivor.id)):
        return hazard.id
    _refuse_closed(hazard, survivor)

    for merged in (hazard, *store.list_merged_into(session, hazard.id)):
        _put_under(session, merged, survivor)
    return hazard.id


def get_decided(session: Session, hazard_id: str) -> Hazard:
    """Return a report with what stands decided about it; raises NOT_FOUND."""
    return store.get_hazard(session, hazard_id)


def _get(found: dict[str, Hazard], hazard_id: str) -> Hazard:
    if hazard_id not in found:
        raise NOT_FOUND(kind="hazard", id=hazard_id)
    return found[hazard_id]


def _refuse_stranger(principal: Principal, hazard: Hazard) -> None:
    hidden = NOT_FOUND(kind="hazard", id=hazard.id)
    authorize(principal, STAFF, subdistrict=hazard.subdistrict, hidden=hidden)
    if principal.id == hazard.rider_id:
        raise problems.OWN_REPORT(hazard_id=hazard.id)


def _decide(session: Session, principal: Principal, hazard: Hazard, wanted: Decision) -> bool:
    """Write a decision down; tell whether it is new. Raises ALREADY_DECIDED where another one stands."""
    stands = Decision(State(hazard.state), hazard.survivor_id or hazard.outcome)
    match rules.ruling(stands, wanted):
        case Ruling.STANDS:
            return False
        case Ruling.CONFLICT:
            raise hazard_problems.ALREADY_DECIDED(hazard_id=hazard.id, state=stands.state, outcome=stands.outcome)
    hazard.state, hazard.decided_at, hazard.decided_by = wanted.state, now(session), principal.id
    if wanted.state is not State.MERGED:
        hazard.outcome = wanted.outcome
    return True


def _refuse_closed(hazard: Hazard, survivor: Hazard) -> None:
    if survivor.state == State.MERGED:
        raise problems.SURVIVOR_MERGED(hazard_id=survivor.id, survivor=survivor.survivor_id)
    if survivor.state not in OPEN:
        raise problems.SURVIVOR_REJECTED(hazard_id=survivor.id, reason=survivor.outcome)
    if survivor.subdistrict != hazard.subdistrict:
        raise problems.OTHER_SUBDISTRICT(subdistrict=hazard.subdistrict, survivor_subdistrict=survivor.subdistrict)


def _put_under(session: Session, merged: Hazard, survivor: Hazard) -> None:
    """Let a merged report stand under the surviving one, and count it among those that share where it does."""
    under = store.list_merged_into(session, survivor.id)
    sharing = {store.reporter_of(session, other) for other in under if other.shares_award}
    claim = Claim(store.reporter_of(session, merged), earns=merged.no_award is None)
    first, rule = store.reporter_of(session, survivor), rules.sharing_rule(now(session))
    merged.survivor_id = survivor.id
    merged.shares_award = rules.shares_award(rule, claim, first, sharing)
    event = HazardMergedV1(
        subdistrict=survivor.subdistrict,
        hazard_id=survivor.id,
        merged_hazard_id=merged.id,
        merged_rider_id=claim.rider_id,
        merged_reported_at=merged.reported_at,
        merged_subdistrict=merged.subdistrict,
        merged_earns=claim.earns,
        shares_award=merged.shares_award,
    )
    emit(session, event)
