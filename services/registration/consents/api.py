"""Routes of consents."""

from datetime import datetime

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.registration.consents import commands, store
from services.registration.consents.models import Consent
from services.registration.consents.rules import PURPOSES, Purpose
from services.registration.consents.schemas import ConsentChange, ConsentView, PurposeView
from services.registration.ports import ports_of
from services.registration.schemas import Code
from shared.auth import Role, authorize
from shared.errors import NOT_FOUND
from shared.web import Call, Caller, Cursor, OpenCaller, Page, page_of

router = APIRouter(tags=["consents"])


@router.get("/consents/purposes")
def list_purposes(call: OpenCaller) -> list[PurposeView]:
    """List the purposes with the wording in force, in the caller's language."""
    return [_purpose_view(purpose, call.now, call.language) for purpose in PURPOSES.values()]


@router.get("/riders/me/consents")
def list_own_consents(call: Caller) -> list[ConsentView]:
    """List what stands of the rider's consents."""
    _ensure_rider(call)
    return call.read(lambda session: [_view(consent) for consent in store.list_standing(session, call.principal.id)])


@router.get("/riders/me/consents/history")
def list_own_history(call: Caller, cursor: Cursor) -> Page[ConsentView]:
    """List everything that the rider ever said of a purpose, newest first."""
    _ensure_rider(call)
    wanted = store.list_history(call.principal.id)
    return call.read(lambda session: page_of(session, wanted, key=Consent.id, cursor=cursor, view=_view))


@router.put("/riders/me/consents/{purpose}", response_model=ConsentView)
def change_consent(purpose: Code, change: ConsentChange, call: Caller) -> Response:
    """Grant or withdraw consent to a purpose (rider)."""

    def show(session: Session, code: str) -> ConsentView:
        standing = store.find_consent(session, call.principal.id, code)
        if standing is None:
            raise NOT_FOUND(kind="consent", id=code)
        return _view(standing)

    return call.act(
        lambda session: commands.change_consent(session, call.principal, purpose, change, ports_of(call)), show
    )


def _ensure_rider(call: Call) -> None:
    authorize(call.principal, {Role.RIDER})


def _view(consent: Consent) -> ConsentView:
    return ConsentView.model_validate(consent, from_attributes=True)


def _purpose_view(purpose: Purpose, moment: datetime, language: str) -> PurposeView:
    wording, english = purpose.wording_at(moment), language == "en"
    return PurposeView(
        code=purpose.code,
        needed=purpose.needed,
        title=purpose.title_en if english else purpose.title_zh,
        wording=wording.id,
        text=wording.text_en if english else wording.text_zh,
    )
