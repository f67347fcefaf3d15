"""Notify, put together."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from services.notify import personal, sending, store
from services.notify.api import router
from services.notify.audit import AUDIT
from services.notify.channels import SMSRoute
from services.notify.handlers import HANDLERS, TIMERS
from services.notify.models import METADATA
from shared.service import Service


def build(forget_sent: Callable[[str], None] = lambda _person_id: None) -> Service:
    """Return the service; text messages are sent by a loop of their own, `sender`.

    `forget_sent` lets a channel that keeps what was sent to a person forget it, when the person is erased.
    """

    def erase(session: Session, rider_id: str) -> None:
        personal.erase(session, rider_id)
        forget_sent(rider_id)

    return Service(
        name="notify",
        metadata=METADATA,
        handlers=HANDLERS,
        timers=TIMERS,
        router=router,
        erase=erase,
        audit=AUDIT,
        timed=store.ids_of,
    )


def sender(host: sending.Host, route: SMSRoute) -> Callable[[], int]:
    """Return one step of sending, to be called again and again; it answers how many messages it tried."""
    return lambda: sending.send_due(host, route)
