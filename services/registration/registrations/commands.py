"""Registering a rider: by the rider with a code, or by staff; both check by phone whether the rider is known."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from services.registration.codes import store as codes
from services.registration.consents import store as consents
from services.registration.consents.models import Consent
from services.registration.consents.rules import PURPOSES
from services.registration.consents.terms import ensure_answers
from services.registration.erasures import store as erasures
from services.registration.identity import store as identity
from services.registration.identity.rules import Kind
from services.registration.limits import store as limits
from services.registration.places.terms import ensure_platform, ensure_subdistrict
from services.registration.proofs import CodeProof, mobile_of, phone_digest
from services.registration.registrations import problems, store
from services.registration.registrations.models import Registration
from services.registration.registrations.schemas import RiderDraft
from services.registration.riders import personal
from services.registration.riders import store as riders
from services.registration.riders.models import Rider
from services.registration.riders.personal import Details
from services.registration.schemas import ConsentGiven
from services.registration.secrets import Secrets
from services.registration.tokens import FreshToken
from shared.auth import STAFF, Principal, Role, authorize
from shared.events.registration import ConsentChangedV1, RiderDetailsChangedV1, RiderRegisteredV1, SignedInV1
from shared.messaging import emit, new_id, now


@dataclass(frozen=True)
class Registrar:
    """Who registers a rider, and when."""

    role: Role
    moment: datetime


def ensure_draft(draft: RiderDraft, moment: datetime) -> None:
    """Raise what keeps a rider described like this from being registered, before a code is used up for it."""
    mobile_of(draft.phone)
    ensure_platform(draft.platform)
    ensure_subdistrict(draft.subdistrict)
    ensure_answers(draft.consents, moment)


def sign_up(session: Session, draft: RiderDraft, proof: CodeProof, fresh: FreshToken) -> str:
    """Register the rider who proved to hold the phone, or find the one who has it, and sign the rider in.

    Of one whom staff registered, the consents of the first sign-up in person are kept, and nothing else. Returns the
    registration's id; raises what is wrong with the code or the draft.
    """
    moment = now(session)
    ensure_draft(draft, moment)
    codes.use_code(session, proof.request_id, proof.phone_digest, proof.code_digest, moment)
    limits.give_back(session, proof.use_id)

    registrar = Registrar(Role.RIDER, moment)
    rider, known = _open_rider(session, draft, proof.phone_digest, registrar)
    riders.lock_rider(session, rider.id)
    if known and not store.has_signed_up(session, rider.id):
        _keep_consents(session, rider, draft, registrar)
    riders.prove_phone(session, rider.id, moment)
    identity.start_family(session, fresh, rider.id, Kind.RIDER, proof.place.network_key)
    emit(session, SignedInV1(subdistrict=rider.subdistrict, person_id=rider.id, role=Role.RIDER, method="code"))
    return _keep(session, rider, Role.RIDER, known=known)


def register_rider(session: Session, principal: Principal, draft: RiderDraft, secrets: Secrets) -> str:
    """Register a rider of the staff's own sub-district, or find the one who has the phone.

    Returns the registration's id; of a rider of another sub-district it only says that there is one (PHONE_ELSEWHERE).
    """
    authorize(principal, STAFF, subdistrict=draft.subdistrict)
    moment = now(session)
    ensure_draft(draft, moment)

    digest = phone_digest(secrets, mobile_of(draft.phone))
    rider, known = _open_rider(session, draft, digest, Registrar(principal.role, moment))
    if known:
        authorize(principal, STAFF, subdistrict=rider.subdistrict, hidden=problems.PHONE_ELSEWHERE())
        emit(session, RiderDetailsChangedV1(subdistrict=rider.subdistrict, rider_id=rider.id, fields=()))
    return _keep(session, rider, principal.role, known=known)


def get_registered(session: Session, registration_id: str) -> tuple[Registration, Rider]:
    """Return a registration and its rider; raises NOT_FOUND."""
    registration = store.get_registration(session, registration_id)
    return registration, riders.get_rider(session, registration.rider_id)


def _open_rider(session: Session, draft: RiderDraft, digest: str, registrar: Registrar) -> tuple[Rider, bool]:
    wanted = Rider(
        id=new_id(session, "rider"),
        phone_digest=digest,
        subdistrict=draft.subdistrict,
        platform=draft.platform,
        language=draft.language,
        registered_at=registrar.moment,
    )
    rider = riders.open_rider(session, wanted)
    if rider.id != wanted.id:
        return rider, True
    free_from = erasures.find_rest(session, digest)
    if free_from is not None and registrar.moment < free_from:
        raise problems.PHONE_RESTS(free_from=free_from)
    personal.keep_details(session, rider.id, Details(mobile_of(draft.phone), draft.name, draft.email))
    told = RiderRegisteredV1(
        subdistrict=rider.subdistrict, rider_id=rider.id, platform=rider.platform, language=rider.language
    )
    emit(session, told)
    _keep_consents(session, rider, draft, registrar)
    return rider, False


def _keep_consents(session: Session, rider: Rider, draft: RiderDraft, registrar: Registrar) -> None:
    for answer in draft.consents:
        _keep_consent(session, rider, answer, registrar)


def _keep_consent(session: Session, rider: Rider, answer: ConsentGiven, registrar: Registrar) -> None:
    wording = answer.wording or PURPOSES[answer.purpose].wording_at(registrar.moment).id
    said = {"rider_id": rider.id, "purpose": answer.purpose, "granted": answer.granted, "wording": wording}
    consent = Consent(
        id=new_id(session, "consent"),
        given_at=registrar.moment,
        given_through=registrar.role.value,
        standing=True,
        **said,
    )
    consents.add_consent(session, consent)
    emit(session, ConsentChangedV1.model_validate({"subdistrict": rider.subdistrict, **said}))


def _keep(session: Session, rider: Rider, role: Role, *, known: bool) -> str:
    registration = Registration(
        id=new_id(session, "registration"),
        rider_id=rider.id,
        known=known,
        through=role.value,
        registered_at=now(session),
    )
    return store.add_registration(session, registration).id
