"""The one decision of who may do what: by role, sub-district and ownership."""

from collections.abc import Set as AbstractSet

from shared.auth.principal import DISTRICT_WIDE, Principal, Role
from shared.errors import FORBIDDEN, Refusal


def authorize(
    principal: Principal,
    roles: AbstractSet[Role],
    *,
    subdistrict: str | None = None,
    owner: str | None = None,
    hidden: Refusal | None = None,
) -> None:
    """Raise a refusal unless the principal may: `hidden` where given, so that ids cannot be probed, else FORBIDDEN.

    `subdistrict` is the record's: staff of another one are refused. `owner` is the rider or partner it belongs to:
    another rider or partner is refused.
    """
    if principal.role not in roles or not _reaches(principal, subdistrict) or not _owns(principal, owner):
        raise hidden or FORBIDDEN(role=principal.role.value)


def scope_of(principal: Principal) -> str | None:
    """Return the sub-district to which the principal's lists are limited, None for all of them."""
    return None if principal.role in DISTRICT_WIDE else principal.subdistrict or ""


def office_of(principal: Principal | None) -> str:
    """Return the sub-district that a member of its staff serves, nothing for anybody else."""
    if principal is None or principal.role is not Role.SUBDISTRICT_STAFF:
        return ""
    return principal.subdistrict or ""


def _reaches(principal: Principal, subdistrict: str | None) -> bool:
    if subdistrict is None or principal.role is not Role.SUBDISTRICT_STAFF:
        return True
    return principal.subdistrict == subdistrict


def _owns(principal: Principal, owner: str | None) -> bool:
    if owner is None:
        return True
    if principal.role in (Role.RIDER, Role.REPRESENTATIVE, Role.VOLUNTEER):
        return principal.id == owner
    return principal.role is not Role.PARTNER_STAFF or principal.partner == owner
