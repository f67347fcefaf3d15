"""Routes of the end of a class and of certificates, for people who are signed in."""

from collections.abc import Iterable
from functools import partial
from typing import Any, cast

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.training.certificates import commands, personal, problems, rules, store
from services.training.certificates.models import Certificate
from services.training.certificates.schemas import (
    CertificateAnswer,
    CertificateView,
    CertificateWanted,
    Completion,
    CompletionView,
    Revocation,
)
from services.training.ports import Ports
from shared.auth import STAFF, Principal, Role, authorize, scope_of
from shared.errors import NOT_FOUND
from shared.web import Call, Caller, Cursor, Page, page_of

router = APIRouter(tags=["certificates"])


@router.post("/classes/{class_id}/completion", status_code=201, response_model=CompletionView)
def complete_class(class_id: str, completion: Completion, call: Caller) -> Response:
    """End a class (staff) once its attendance is known: who passed gets a certificate, where the course gives one."""
    names = _names(call, class_id, [result.rider_id for result in completion.results if result.passed])
    return call.once(
        lambda session: commands.complete_class(session, call.principal, class_id, completion, names),
        commands.describe_completion,
    )


@router.post("/certificates", status_code=201, response_model=CertificateAnswer)
def issue_certificate(wanted: CertificateWanted, call: Caller) -> Response:
    """Issue a certificate (staff): after confirmed attendance only, and anew once the last one was revoked."""
    names = _names(call, wanted.class_id, [wanted.rider_id])
    return call.once(
        lambda session: commands.issue_certificate(session, call.principal, wanted, names), partial(_answer, call)
    )


@router.get("/certificates")
def list_certificates(call: Caller, cursor: Cursor) -> Page[CertificateView]:
    """List the certificates that the own sub-district issued (staff)."""
    authorize(call.principal, STAFF)
    wanted = store.list_certificates(scope_of(call.principal))
    return call.read(
        lambda session: page_of(session, wanted, key=Certificate.id, cursor=cursor, view=partial(_view, session, call))
    )


@router.get("/certificates/mine")
def list_own_certificates(call: Caller, cursor: Cursor) -> Page[CertificateView]:
    """List the rider's own certificates."""
    authorize(call.principal, {Role.RIDER})
    wanted = store.list_certificates_of(call.principal.id)
    return call.read(
        lambda session: page_of(session, wanted, key=Certificate.id, cursor=cursor, view=partial(_view, session, call))
    )


@router.get("/certificates/{certificate_id}")
def show_certificate(certificate_id: str, call: Caller) -> CertificateView:
    """Show a certificate to its holder or to the staff of the sub-district that issued it."""
    return call.read(lambda session: _view(session, call, _visible(session, call.principal, certificate_id)))


@router.post("/certificates/{certificate_id}/revocations", status_code=201, response_model=CertificateAnswer)
def revoke_certificate(certificate_id: str, order: Revocation, call: Caller) -> Response:
    """Revoke a certificate (staff): its public page says so from this moment on."""
    return call.once(
        lambda session: commands.revoke_certificate(session, call.principal, certificate_id, order),
        partial(_answer, call),
    )


def ports(call: Call) -> Ports:
    """Return what training was built with."""
    return cast("Ports", call.ports)


def _names(call: Call, class_id: str, rider_ids: Iterable[str]) -> commands.Names:
    """Ask for the names of those who will get a certificate, outside any transaction."""
    entitled = call.read(lambda session: commands.list_entitled(session, call.principal, class_id, list(rider_ids)))
    try:
        return {rider_id: ports(call).directory.name_of(rider_id) for rider_id in entitled}
    except ConnectionError as error:
        raise problems.NAMES_UNAVAILABLE() from error


def _answer(call: Call, session: Session, certificate_id: str) -> CertificateAnswer:
    return CertificateAnswer(**_facts(call, store.get_certificate(session, certificate_id)))


def _view(session: Session, call: Call, found: Certificate) -> CertificateView:
    return CertificateView(**_facts(call, found), holder=personal.find_name(session, found.id))


def _facts(call: Call, found: Certificate) -> dict[str, Any]:
    facts = {name: getattr(found, name) for name in CertificateAnswer.model_fields if name not in ("url", "state")}
    state = rules.state_of(found.revoked_at, found.expires_on, call.now)
    return {**facts, "url": ports(call).certificate_url(found.number), "state": state.value}


def _visible(session: Session, principal: Principal, certificate_id: str) -> Certificate:
    found = store.get_certificate(session, certificate_id)
    hidden = NOT_FOUND(kind="certificate", id=certificate_id)
    if principal.role is not Role.RIDER:
        authorize(principal, STAFF, subdistrict=found.subdistrict, hidden=hidden)
    elif found.rider_id != principal.id:
        raise hidden
    return found
