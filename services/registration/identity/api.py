"""Routes of tokens, keys and invitations."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.orm import Session

from services.registration.identity import commands, passwords, problems, rules, store
from services.registration.identity.commands import Checked, PasswordTry
from services.registration.identity.rules import Kind
from services.registration.identity.schemas import (
    GRANT,
    ActivatedView,
    Activation,
    ClientGrant,
    CodeGrant,
    PasswordGrant,
    RefreshGrant,
    SignedOutView,
)
from services.registration.issuing import person_tokens, service_token, unstored
from services.registration.ports import Ports, ports_of
from services.registration.proofs import limit_key, place_of, proof_of, take_try
from services.registration.schemas import TokenView, nothing
from services.registration.tokens import FreshToken, fresh_token, invitation_id_of, refresh_digest
from shared.auth import Principal, Role
from shared.auth.tokens import ACCESS_LIFE
from shared.errors import Refusal
from shared.messaging import now
from shared.random import token
from shared.web import Call, Caller, OpenCaller, kinds
from shared.web.problems import ERRORS_MAX, is_json

FORM = "application/x-www-form-urlencoded"
FIELDS_MAX = 20
KEYS_FRESH_S = 300
GRANT_SCHEMA = {"oneOf": [one.model_json_schema() for one in (CodeGrant, PasswordGrant, RefreshGrant, ClientGrant)]}
GRANT_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": GRANT_SCHEMA}}}}
router = APIRouter(tags=["sign-in"])


@router.get("/jwks.json")
def show_keys(call: OpenCaller, response: Response) -> dict[str, Any]:
    """Show the public keys with which access tokens are verified."""
    response.headers["Cache-Control"] = f"public, max-age={KEYS_FRESH_S}"
    return ports_of(call).signing_keys.public()


@router.post("/token", response_model=TokenView, openapi_extra=GRANT_BODY)
def give_token(call: OpenCaller) -> Response:
    """Give tokens for a code, a password, a refresh token or a client's secret; the body is JSON or a form."""
    grant = _read_grant(call)
    return unstored(GIVEN_FOR[type(grant)](call, grant))


@router.delete("/sign-ins", response_model=SignedOutView)
def sign_out(call: Caller) -> Response:
    """Sign the caller out everywhere: no refresh token of the person counts any more, this device's included."""
    until = call.now + ACCESS_LIFE
    return call.act(
        lambda session: commands.sign_out(session, call.principal),
        lambda _, person_id: SignedOutView(person_id=person_id, access_until=until),
    )


@router.post("/staff/activations", status_code=201, response_model=ActivatedView)
def activate(activation: Activation, call: OpenCaller) -> Response:
    """Accept an invitation with a password; the answer holds what the authenticator reads, this once."""
    ports = ports_of(call)
    invitation_id = invitation_id_of(ports.secrets, activation.invitation)
    login = (
        None
        if invitation_id is None
        else call.read(lambda session: store.find_login_of_invited(session, invitation_id))
    )
    if invitation_id is None or login is None:
        raise problems.INVITATION_INVALID()
    commands.ensure_strong(activation.password, login)
    chosen = passwords.hash_of(activation.password)
    secret = rules.totp_secret(ports.random.bytes(rules.TOTP_SECRET_BYTES))

    return unstored(
        call.act(
            lambda session: commands.activate(session, ports.secrets, invitation_id, chosen, secret),
            lambda _, person_id: ActivatedView(
                person_id=person_id, login=login, totp_uri=rules.totp_uri(secret, login)
            ),
            201,
        )
    )


def _for_code(call: Call, grant: CodeGrant) -> Response:
    ports = ports_of(call)
    proof, fresh = proof_of(grant, call.client, ports), fresh_token(ports.random, ports.secrets)
    call.act(lambda session: take_try(session, ports, proof), nothing)
    return call.act(lambda session: commands.sign_in_with_code(session, proof, fresh), _tokens_of_family(ports, fresh))


def _for_password(call: Call, grant: PasswordGrant) -> Response:
    """Compare the password between two transactions: hashing takes long, and nobody else shall wait for it."""
    ports = ports_of(call)
    place = place_of(ports.secrets, call.client)
    tried = PasswordTry(
        login=grant.login,
        login_key=limit_key(ports.secrets, "login", grant.login),
        login_network_key=limit_key(ports.secrets, "login-network", grant.login, place.network_key),
        place=place,
        use_id=token(ports.random),
    )
    call.act(lambda session: commands.take_password_try(session, ports, tried), nothing)
    known = call.read(lambda session: store.find_password_hash(session, grant.login))
    if not passwords.fits(known, grant.password) or known is None:
        raise problems.SIGN_IN_FAILED()

    checked, fresh = (
        Checked(tried=tried, password_hash=known, totp=grant.totp),
        fresh_token(ports.random, ports.secrets),
    )
    return call.act(
        lambda session: commands.sign_in_with_password(session, ports.secrets, checked, fresh),
        _tokens_of_family(ports, fresh),
    )


def _for_refresh_token(call: Call, grant: RefreshGrant) -> Response:
    """Rotate the token; one that was used before is refused, and the refusal keeps that its family is revoked."""
    ports = ports_of(call)
    presented, fresh = refresh_digest(ports.secrets, grant.refresh_token), fresh_token(ports.random, ports.secrets)
    try:
        return call.act(lambda session: commands.refresh(session, presented, fresh), _tokens_of_family(ports, fresh))
    except Refusal:
        call.act(lambda session: commands.revoke_reused(session, presented), nothing)
        raise


def _for_client(call: Call, grant: ClientGrant) -> Response:
    ports = ports_of(call)
    client = ports.clients.get(grant.client_id)
    if client is None or not client.knows(grant.client_secret):
        raise problems.CLIENT_REFUSED()
    if client.role is Role.SERVICE and not rules.may_ask(client.id, grant.target or "", grant.scope or ""):
        raise problems.SCOPE_REFUSED(client=client.id, target=grant.target, scope=grant.scope)

    def show(session: Session, client_id: str) -> TokenView:
        if client.role is Role.PLATFORM:
            return person_tokens(ports, Principal(client_id, Role.PLATFORM), None, now(session))
        return service_token(ports, client_id, grant.target or "", grant.scope or "", now(session))

    return call.act(lambda session: commands.sign_in_client(session, client), show)


GIVEN_FOR: Mapping[type, Callable[[Call, Any], Response]] = {
    CodeGrant: _for_code,
    PasswordGrant: _for_password,
    RefreshGrant: _for_refresh_token,
    ClientGrant: _for_client,
}


def _read_grant(call: Call) -> CodeGrant | PasswordGrant | RefreshGrant | ClientGrant:
    is_form = call.request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM
    if not is_form and not is_json(call.request):
        raise kinds.NOT_JSON()
    try:
        if is_form:
            fields = dict(parse_qsl(call.body.decode(), strict_parsing=True, max_num_fields=FIELDS_MAX))
            return GRANT.validate_python(fields)
        return GRANT.validate_json(call.body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError(found[:ERRORS_MAX]) from error
    except ValueError as error:
        raise RequestValidationError([{"type": "form_invalid", "loc": ("body",), "msg": "not a form"}]) from error


def _tokens_of_family(ports: Ports, fresh: FreshToken) -> Callable[[Session, str], TokenView]:
    def show(session: Session, family_id: str) -> TokenView:
        family = store.get_family(session, family_id)
        principal = commands.get_principal(session, family.person_id, Kind(family.kind))
        return person_tokens(ports, principal, fresh, now(session))

    return show
