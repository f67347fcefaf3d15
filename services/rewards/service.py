"""Rewards, put together."""

import structlog
from fastapi import APIRouter
from sqlalchemy import SelectBase, union_all
from sqlalchemy.orm import Session

from services.rewards.audit import AUDIT
from services.rewards.ledger import api as ledger_api
from services.rewards.ledger import handlers as ledger_handlers
from services.rewards.ledger import personal as ledger_personal
from services.rewards.ledger import store as ledger
from services.rewards.models import METADATA, OFFICES
from services.rewards.offers import api as offers_api
from services.rewards.ports import Ports
from services.rewards.redemptions import api as redemptions_api
from services.rewards.redemptions import handlers as redemptions_handlers
from services.rewards.vouchers import api as vouchers_api
from services.rewards.vouchers import commands as vouchers_commands
from services.rewards.vouchers import personal as vouchers_personal
from services.rewards.vouchers import store as vouchers
from shared.errors import ConfigurationError
from shared.messaging import Handlers, Timers
from shared.service import Service

log = structlog.get_logger(__name__)
CODES_COMPARED = 20
HANDLERS: Handlers = {**ledger_handlers.HANDLERS, **redemptions_handlers.HANDLERS, **OFFICES.handlers}
TIMERS: Timers = {**ledger_handlers.TIMERS, **vouchers_commands.TIMERS}
ROUTER = APIRouter()
for _noun in (ledger_api, offers_api, vouchers_api, redemptions_api):
    ROUTER.include_router(_noun.router)


def build(*, code_key: bytes) -> Service:
    """Return the service; voucher codes are found under `code_key`, a lasting secret of at least 32 bytes."""
    ports = Ports(code_key=code_key)
    return Service(
        name="rewards",
        metadata=METADATA,
        handlers=HANDLERS,
        offices=OFFICES.list_offices,
        timers=TIMERS,
        router=ROUTER,
        erase=erase,
        audit=AUDIT,
        ports=ports,
        lock=ledger.lock_balances,
        timed=timed,
        refuse_start=lambda session: refuse_other_code_key(session, ports),
    )


def refuse_other_code_key(session: Session, ports: Ports) -> None:
    """Raise ConfigurationError where the newest codes were made under another key: no partner could find them.

    Where only some were, as while a wrong key lay here, that is logged: the right one must not be refused for them.
    """
    newest = vouchers_personal.list_newest(session, CODES_COMPARED)
    lost = [voucher_id for voucher_id, code, digest in newest if ports.digest(code) != digest]
    if lost and len(lost) < len(newest):
        log.warning("voucher codes under another key: put it back, or void these", vouchers=lost, of=len(newest))
    elif lost:
        message = (
            "the voucher codes in the store of rewards were made under another voucher-codes.key than the one in its "
            "folder of secrets, and no partner could redeem them: move that file away, and put the former one back "
            "from a backup of keys, by `cheqi restore`, or by `cheqi secrets --from` where secrets have a folder of "
            "their own"
        )
        raise ConfigurationError(message)


def timed(rider_id: str) -> SelectBase:
    """Select the subjects of a rider's timers: holds, lots and vouchers."""
    return union_all(ledger.hold_ids_of(rider_id), ledger.lot_ids_of(rider_id), vouchers.ids_of(rider_id))


def erase(session: Session, rider_id: str) -> None:
    """End what is open for a rider, take back what is left, then delete what links the rest to the rider."""
    vouchers_commands.settle_vouchers_of_erased_rider(session, rider_id)
    ledger_handlers.settle_account_of_erased_rider(session, rider_id)
    vouchers_personal.erase(session, rider_id)
    ledger_personal.erase(session, rider_id)
