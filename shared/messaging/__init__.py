"""The messaging kit; services use these names and never see a bus."""

from shared.messaging.cause import in_turn, keys, new_id, now
from shared.messaging.handlers import Handlers, Handling, Timers, each, together
from shared.messaging.log import emit, is_erased, list_erased
from shared.messaging.timers import cancel, schedule, schedule_all

__all__ = [
    "Handlers",
    "Handling",
    "Timers",
    "cancel",
    "each",
    "emit",
    "in_turn",
    "is_erased",
    "keys",
    "list_erased",
    "new_id",
    "now",
    "schedule",
    "schedule_all",
    "together",
]
