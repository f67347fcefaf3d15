"""Which offices staff hold, as training hears of them from registration."""

from services.training.models import METADATA
from shared.offices import KeptOffices

OFFICES = KeptOffices(METADATA)
