"""Routes of vouchers, for riders and staff."""

from functools import partial

from fastapi import APIRouter, Response
from sqlalchemy import Select
from sqlalchemy.orm import Session

from services.rewards.ports import ports_of
from services.rewards.schemas import Id
from services.rewards.vouchers import commands, personal, rules, store
from services.rewards.vouchers.models import Voucher
from services.rewards.vouchers.schemas import Voiding, VoidingView, VoucherAnswer, VoucherOrder, VoucherView
from shared.auth import STAFF, Role, authorize
from shared.errors import NOT_FOUND
from shared.web import Call, Caller, Cursor, Page, page_of

router = APIRouter(tags=["vouchers"])


@router.post("/vouchers", status_code=201, response_model=VoucherAnswer)
def reserve_voucher(order: VoucherOrder, call: Caller) -> Response:
    """Reserve points for a voucher (rider); it must be issued within ten minutes."""
    return call.once(lambda session: commands.reserve_voucher(session, call.principal, order), partial(_answer, call))


@router.post("/vouchers/{voucher_id}/issue", status_code=201, response_model=VoucherAnswer)
def issue_voucher(voucher_id: Id, call: Caller) -> Response:
    """Spend the reserved points; the voucher's code is shown where the rider reads the voucher."""
    digest = ports_of(call).digest
    return call.once(
        lambda session: commands.issue_voucher(session, call.principal, voucher_id, digest), partial(_answer, call)
    )


@router.post("/vouchers/{voucher_id}/voidings", status_code=201, response_model=VoidingView)
def void_voucher(voucher_id: Id, order: Voiding, call: Caller) -> Response:
    """Void an issued voucher (staff of the rider's sub-district); points that have expired do not come back."""
    return call.once(
        lambda session: commands.void_voucher(session, call.principal, voucher_id, order),
        partial(_show_voiding, call),
    )


@router.get("/vouchers")
def list_vouchers(call: Caller, cursor: Cursor) -> Page[VoucherView]:
    """List the vouchers of the riders who belong to the own sub-district now (staff), without their codes."""
    return _page(call, cursor, commands.list_vouchers(call.principal))


@router.get("/vouchers/mine")
def list_own_vouchers(call: Caller, cursor: Cursor) -> Page[VoucherView]:
    """List the rider's vouchers with their codes."""
    authorize(call.principal, {Role.RIDER})
    return _page(call, cursor, store.list_vouchers_of(call.principal.id))


@router.get("/vouchers/{voucher_id}")
def show_voucher(voucher_id: Id, call: Caller) -> VoucherView:
    """Show a voucher to its rider, with the code, or to the staff of the rider's sub-district."""
    return call.read(lambda session: _view(session, call, _visible(session, call, voucher_id)))


def _page(call: Call, cursor: Cursor, wanted: Select[Voucher]) -> Page[VoucherView]:
    return call.read(
        lambda session: page_of(session, wanted, key=Voucher.id, cursor=cursor, view=partial(_view, session, call))
    )


def _visible(session: Session, call: Call, voucher_id: str) -> Voucher:
    voucher, hidden = store.get_voucher(session, voucher_id), NOT_FOUND(kind="voucher", id=voucher_id)
    if call.principal.role is not Role.RIDER:
        authorize(call.principal, STAFF, subdistrict=commands.find_home(session, voucher), hidden=hidden)
    elif voucher.rider_id != call.principal.id:
        raise hidden
    return voucher


def _answer(call: Call, session: Session, voucher_id: str) -> VoucherAnswer:
    voucher = store.get_voucher(session, voucher_id)
    now = {"state": rules.state_at(voucher, call.now), "subdistrict": commands.find_home(session, voucher)}
    return VoucherAnswer.model_validate(voucher).model_copy(update=now)


def _show_voiding(call: Call, session: Session, voucher_id: str) -> VoidingView:
    voucher, answer = store.get_voucher(session, voucher_id), _answer(call, session, voucher_id)
    points = voucher.points_returned or 0
    return VoidingView(**answer.model_dump(), points_returned=points, points_expired=voucher.points - points)


def _view(session: Session, call: Call, voucher: Voucher) -> VoucherView:
    own = voucher.rider_id == call.principal.id
    code = personal.find_code(session, voucher.id) if own else None
    return VoucherView(**_answer(call, session, voucher.id).model_dump(), code=code)
