"""Routes of partners who take vouchers."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.rewards.ports import ports_of
from services.rewards.redemptions import commands, problems, rules, store
from services.rewards.redemptions.models import Redemption
from services.rewards.redemptions.schemas import LookupView, Noted, RedemptionView, Scan
from services.rewards.schemas import Id
from shared.auth import Role, authorize
from shared.errors import Refusal
from shared.web import Call, Caller, Cursor, Page, page_of
from shared.web.openapi import WITHOUT_KEY

router = APIRouter(tags=["redemptions"])


@router.post("/voucher-lookups", openapi_extra=WITHOUT_KEY)
def look_up_voucher(scan: Scan, call: Caller) -> LookupView:
    """Tell what a voucher is and whether it may be redeemed now (partner); nothing is changed, so no key is needed."""
    digest = ports_of(call).digest
    with _wrong_codes_noted(call):
        scanned = call.read(lambda session: commands.look_up_voucher(session, call.principal, scan, digest, call.now))
    voucher, refused = scanned.voucher, scanned.refused
    return LookupView(
        voucher_id=voucher.id,
        offer_id=voucher.offer_id,
        kind=voucher.kind,
        title_zh=voucher.title_zh,
        title_en=voucher.title_en,
        points=voucher.points,
        state=scanned.state,
        expires_at=voucher.expires_at,
        redeemable=refused is None,
        refusal=None if refused is None else refused.kind.code,
    )


@router.post("/redemptions", status_code=201, response_model=RedemptionView)
def redeem_voucher(scan: Scan, call: Caller) -> Response:
    """Take a voucher (partner of the offer's kind); it may be undone for a minute."""
    digest = ports_of(call).digest
    with _wrong_codes_noted(call):
        return call.once(lambda session: commands.redeem_voucher(session, call.principal, scan, digest), _show)


@router.post("/redemptions/{redemption_id}/undo", status_code=201, response_model=RedemptionView)
def undo_redemption(redemption_id: Id, call: Caller) -> Response:
    """Undo a redemption within a minute (the same partner): the voucher is the rider's again."""
    return call.once(lambda session: commands.undo_redemption(session, call.principal, redemption_id), _show)


@router.get("/redemptions")
def list_redemptions(call: Caller, cursor: Cursor) -> Page[RedemptionView]:
    """List what the own partner has redeemed, newest first."""
    authorize(call.principal, {Role.PARTNER_STAFF})
    wanted = store.list_redemptions_of(call.principal.partner or "")
    return call.read(lambda session: page_of(session, wanted, key=Redemption.id, cursor=cursor, view=_view))


@contextmanager
def _wrong_codes_noted(call: Call) -> Iterator[None]:
    """Count a wrong code in a transaction of its own: that of the refused request leaves nothing behind."""
    try:
        yield
    except Refusal as refusal:
        if refusal.kind is problems.CODE_UNKNOWN:
            call.act(lambda session: commands.note_wrong_code(session, call.principal), _noted)
        raise


def _noted(_session: Session, _person_id: str) -> Noted:
    return Noted()


def _show(session: Session, redemption_id: str) -> RedemptionView:
    return _view(store.get_redemption(session, redemption_id))


def _view(redemption: Redemption) -> RedemptionView:
    undo_until = rules.undo_until(redemption.redeemed_at)
    facts = {name: getattr(redemption, name) for name in RedemptionView.model_fields if name != "undo_until"}
    return RedemptionView(**facts, undo_until=undo_until)
