"""Principals: persons, platforms and services, by the role in which they ask."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the district."""

    RIDER = "rider"
    REPRESENTATIVE = "representative"
    VOLUNTEER = "volunteer"
    SUBDISTRICT_STAFF = "subdistrict-staff"
    DISTRICT_STAFF = "district-staff"
    ADMINISTRATOR = "administrator"
    DATA_OFFICER = "data-officer"
    OPERATOR = "operator"
    PARTNER_STAFF = "partner-staff"
    GUARD = "guard"
    PLATFORM = "platform"
    SERVICE = "service"


STAFF = frozenset({Role.SUBDISTRICT_STAFF, Role.DISTRICT_STAFF, Role.ADMINISTRATOR})
OFFICES = STAFF | {Role.DATA_OFFICER, Role.OPERATOR}
"""What somebody is appointed to, until the appointment ends."""
DISTRICT_WIDE = frozenset({Role.DISTRICT_STAFF, Role.ADMINISTRATOR, Role.DATA_OFFICER})


@dataclass(frozen=True)
class Principal:
    """Whom a verified token speaks for."""

    id: str
    role: Role
    subdistrict: str | None = None
    partner: str | None = None
    scopes: frozenset[str] = frozenset()

    @property
    def actor(self) -> str:
        """How events name who caused them."""
        return f"{self.role.value}/{self.id}"
