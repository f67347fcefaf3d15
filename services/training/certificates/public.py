"""What anyone may ask without signing in: whether a certificate holds."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy.orm import Session

from services.training.certificates import page, personal, problems, rules, store
from services.training.certificates.api import ports
from services.training.certificates.models import Certificate
from services.training.certificates.schemas import PublicCertificate
from shared.clock import local_day
from shared.errors import Refusal
from shared.places import get_subdistrict
from shared.web import Call, OpenCaller

router = APIRouter(tags=["certificates"])
Accept = Annotated[str, Header()]


@router.get("/c/{number}.json", response_model=PublicCertificate)
def check_certificate_as_json(number: str, call: OpenCaller) -> Response:
    """Tell whether a certificate holds, for machines."""
    return _as_json(_look_up(call, number))


@router.get("/c/{number}", response_model=PublicCertificate)
def check_certificate(number: str, call: OpenCaller, accept: Accept = "") -> Response:
    """Tell whether a certificate holds: a page, or JSON for those who ask for it."""
    if "application/json" in accept and "text/html" not in accept:
        return _as_json(_look_up(call, number))
    try:
        shown = _look_up(call, number)
    except Refusal as refusal:
        return _refused(refusal, call.language)
    return HTMLResponse(page.certificate_page(shown, call.language), headers=page.HEADERS)


def _look_up(call: Call, typed: str) -> PublicCertificate:
    number = rules.tidy_number(typed)
    if not rules.is_well_formed(number):
        raise problems.NUMBER_MISTYPED()
    return call.read(lambda session: _public(session, call, number))


def _public(session: Session, call: Call, number: str) -> PublicCertificate:
    found = store.find_by_number(session, number)
    if found is None:
        raise problems.NUMBER_UNKNOWN()
    reason = rules.REASONS.get(found.revocation_reason or "")
    return PublicCertificate(
        number=found.number,
        state=rules.state_of(found.revoked_at, found.expires_on, call.now).value,
        holder=personal.find_name(session, found.id),
        title_zh=found.title_zh,
        title_en=found.title_en,
        subdistrict=found.subdistrict,
        subdistrict_name=get_subdistrict(found.subdistrict).name_zh,
        issued_on=local_day(found.issued_at),
        expires_on=found.expires_on,
        revoked_on=_revoked_on(found),
        revocation_reason=found.revocation_reason,
        reason_zh=reason.zh if reason else None,
        reason_en=reason.en if reason else None,
        url=ports(call).certificate_url(found.number),
    )


def _revoked_on(found: Certificate) -> date | None:
    return None if found.revoked_at is None else local_day(found.revoked_at)


def _as_json(shown: PublicCertificate) -> JSONResponse:
    return JSONResponse(shown.model_dump(mode="json"), headers=page.JSON_HEADERS)


def _refused(refusal: Refusal, language: str) -> HTMLResponse:
    kind = refusal.kind
    title, detail = (kind.title_zh, kind.detail_zh) if language == "zh-CN" else (kind.title_en, kind.detail_en)
    body = page.unknown_page(title, detail.format(**refusal.facts), language)
    return HTMLResponse(body, status_code=kind.status, headers=page.HEADERS)
