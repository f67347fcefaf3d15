"""Offices that staff hold: whether somebody's has ended, as far as a service has heard."""

from shared.offices.kept import KeptOffices
from shared.offices.standing import OFFICE_ENDED, Office, has_left

__all__ = ["OFFICE_ENDED", "KeptOffices", "Office", "has_left"]
