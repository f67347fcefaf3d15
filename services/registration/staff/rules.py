"""Who may appoint whom, and when an appointment holds."""

from datetime import date

from shared.auth import Role

APPOINTED_BY = {
    Role.ADMINISTRATOR: frozenset({Role.SUBDISTRICT_STAFF, Role.DISTRICT_STAFF, Role.DATA_OFFICER, Role.OPERATOR}),
    Role.DISTRICT_STAFF: frozenset({Role.SUBDISTRICT_STAFF}),
}


def may_appoint(appointer: Role, role: Role) -> bool:
    """Tell whether one role may appoint another; administrators come from the command line only."""
    return role in APPOINTED_BY.get(appointer, frozenset())


def fits_place(role: Role, *, of_district: bool) -> bool:
    """Tell whether the place is one for the office: a sub-district for its staff, the district for all others."""
    return (role is not Role.SUBDISTRICT_STAFF) == of_district


def holds(starts_on: date, ends_on: date | None, today: date) -> bool:
    """Tell whether an appointment that nobody has ended holds today; its last day counts."""
    return starts_on <= today and (ends_on is None or today <= ends_on)
