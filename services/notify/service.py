"""Notify, put together."""

from collections.abc import Callable

from services.notify import sending, store
from services.notify.api import router
from services.notify.audit import AUDIT
from services.notify.channels import SMSRoute
from services.notify.handlers import HANDLERS, TIMERS
from services.notify.models import METADATA
from services.notify.personal import erase
from shared.service import Service


def build() -> Service:
    """Return the service; text messages are sent by a loop of their own, `sender`."""
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
