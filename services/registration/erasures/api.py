"""Routes of erasures."""

from functools import partial

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.registration.erasures import commands, rules, store
from services.registration.erasures.schemas import ErasureView, ReceiptView
from services.registration.ports import ports_of
from services.registration.schemas import Id
from shared.auth import STAFF, Role, authorize
from shared.errors import NOT_FOUND
from shared.web import Call, Caller

READERS = STAFF | {Role.RIDER, Role.DATA_OFFICER}
router = APIRouter(tags=["erasures"])


@router.delete("/riders/me", status_code=202, response_model=ErasureView)
def erase_self(call: Caller) -> Response:
    """Erase the rider who asks: every service forgets the rider, and the tokens count no more.

    The phone may sign up again after 24 hours, as the answer says.
    """
    authorize(call.principal, {Role.RIDER})
    return _erase(call, call.principal.id)


@router.delete("/riders/{rider_id}", status_code=202, response_model=ErasureView)
def erase_rider(rider_id: Id, call: Caller) -> Response:
    """Erase a rider (data officer, or the rider)."""
    return _erase(call, rider_id)


@router.get("/riders/{rider_id}/erasure")
def show_erasure(rider_id: Id, call: Caller) -> ErasureView:
    """Show how far an erasure is, and which services have answered."""

    def query(session: Session) -> ErasureView:
        erasure = store.get_erasure(session, rider_id)
        hidden = NOT_FOUND(kind="erasure", id=rider_id)
        authorize(call.principal, READERS, subdistrict=erasure.subdistrict, owner=rider_id, hidden=hidden)
        return _show(session, rider_id)

    return call.read(query)


def _erase(call: Call, rider_id: str) -> Response:
    ports = ports_of(call)
    erase = partial(commands.erase_rider, ports=ports, principal=call.principal, rider_id=rider_id)
    return call.act(erase, _show, 202, alone=True)


def _show(session: Session, rider_id: str) -> ErasureView:
    erasure, receipts = store.get_erasure(session, rider_id), store.list_receipts(session, rider_id)
    waiting = any(receipt.received_at is None for receipt in receipts)
    return ErasureView(
        rider_id=rider_id,
        state="waiting" if waiting else "complete",
        erased_at=erasure.erased_at,
        phone_free_from=rules.free_from(erasure.erased_at),
        receipts=[ReceiptView(service=receipt.service, received_at=receipt.received_at) for receipt in receipts],
    )
