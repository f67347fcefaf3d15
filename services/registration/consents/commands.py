"""What a rider may say of a purpose after sign-up."""

from sqlalchemy.orm import Session

from services.registration.consents import problems, store, terms
from services.registration.consents.models import Consent
from services.registration.consents.schemas import ConsentChange
from services.registration.limits import store as limits
from services.registration.limits.rules import CONSENT
from services.registration.ports import Ports
from services.registration.riders import store as riders
from shared.auth import Principal, Role, authorize
from shared.events.registration import ConsentChangedV1
from shared.messaging import emit, new_id, now


def change_consent(session: Session, principal: Principal, code: str, change: ConsentChange, ports: Ports) -> str:
    """Grant or withdraw consent to a purpose; saying the same again changes nothing. Return the purpose's code.

    Raises TOO_MANY_CHANGES for a rider who changes it again and again; a consent can always be withdrawn.
    """
    authorize(principal, {Role.RIDER})
    rider, purpose, moment = riders.lock_rider(session, principal.id), terms.get_purpose(code), now(session)
    terms.ensure_wording(purpose, change.wording, moment, granted=change.granted)
    if purpose.needed and not change.granted:
        raise problems.CONSENT_KEPT(purpose=code)

    standing = store.find_consent(session, rider.id, code)
    if standing is not None and (standing.granted, standing.wording) == (change.granted, change.wording):
        return code
    withdraws = standing is not None and standing.granted and not change.granted
    if not withdraws:
        limits.take_change(session, ports, CONSENT, rider.id)
    consent = Consent(
        id=new_id(session, "consent"),
        rider_id=rider.id,
        purpose=code,
        granted=change.granted,
        wording=change.wording,
        given_at=moment,
        given_through=principal.role.value,
        standing=True,
    )
    store.add_consent(session, consent)
    told = ConsentChangedV1(
        subdistrict=rider.subdistrict,
        rider_id=rider.id,
        purpose=code,
        granted=change.granted,
        wording=change.wording,
    )
    emit(session, told)
    return code
