"""The messaging kit; services use these names and never see a bus."""

from shared.messaging.cause import keys, new_id, now
from shared.messaging.handlers import Handlers, Handling, Timers, each
from shared.messaging.log import emit, is_erased
from shared.messaging.timers import cancel, schedule

__all__ = [
    "Handlers",
    "Handling",
    "Timers",
    "cancel",
    "each",
    "emit",
    "is_erased",
    "keys",
    "new_id",
    "now",
    "schedule",
]
