"""Which offices staff hold, as governance hears of them from registration."""

from services.governance.models import METADATA
from shared.offices import KeptOffices

OFFICES = KeptOffices(METADATA)
