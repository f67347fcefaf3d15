"""Which offices staff hold, as rewards hears of them from registration."""

from services.rewards.models import METADATA
from shared.offices import KeptOffices

OFFICES = KeptOffices(METADATA)
