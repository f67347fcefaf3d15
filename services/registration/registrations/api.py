"""Routes on which a rider signs up, or is signed up by staff."""

import json

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.registration.issuing import person_tokens, unstored
from services.registration.ports import ports_of
from services.registration.proofs import proof_of, take_try
from services.registration.registrations import commands
from services.registration.registrations.schemas import RegistrationView, RiderDraft, SignUp, SignUpView
from services.registration.schemas import nothing
from services.registration.tokens import fresh_token
from shared.auth import Principal, Role
from shared.messaging import now
from shared.web import Caller, OpenCaller

router = APIRouter(tags=["riders"])


@router.post("/riders", status_code=201, response_model=SignUpView)
def sign_up(draft: SignUp, call: OpenCaller) -> Response:
    """Sign up with a code and get tokens; a phone that is known is the same rider again (200), unchanged.

    Of a rider whom staff had registered, the consents of the first sign-up count.
    """
    ports = ports_of(call)
    proof, fresh = proof_of(draft, call.client, ports), fresh_token(ports.random, ports.secrets)
    commands.ensure_draft(draft, call.now)
    call.act(lambda session: take_try(session, ports, proof), nothing)

    def show(session: Session, registration_id: str) -> SignUpView:
        view = _show(session, registration_id)
        rider = Principal(view.rider_id, Role.RIDER, view.subdistrict)
        tokens = person_tokens(ports, rider, fresh, now(session))
        return SignUpView(**view.model_dump(), **tokens.model_dump())

    answer = call.act(lambda session: commands.sign_up(session, draft, proof, fresh), show, 201)
    return unstored(_known_as_ok(answer))


@router.post("/riders/registrations", status_code=201, response_model=RegistrationView)
def register_rider(draft: RiderDraft, call: Caller) -> Response:
    """Register a rider of the own sub-district (staff); a phone that is known there is said to be known."""
    secrets = ports_of(call).secrets
    return call.once(lambda session: commands.register_rider(session, call.principal, draft, secrets), _show)


def _known_as_ok(answer: Response) -> Response:
    if json.loads(bytes(answer.body))["known"]:
        answer.status_code = 200
    return answer


def _show(session: Session, registration_id: str) -> RegistrationView:
    registration, rider = commands.get_registered(session, registration_id)
    return RegistrationView(
        registration_id=registration.id,
        rider_id=rider.id,
        known=registration.known,
        subdistrict=rider.subdistrict,
        platform=rider.platform,
        language=rider.language,
    )
