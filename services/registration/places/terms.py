"""Checks that a place or a platform exists before it is kept."""

from services.registration.places import problems
from services.registration.places.rules import PLATFORMS
from shared.places import UnknownPlaceError, get_subdistrict


def ensure_subdistrict(code: str) -> None:
    """Raise SUBDISTRICT_UNKNOWN unless the code is one of the 29."""
    try:
        get_subdistrict(code)
    except UnknownPlaceError as error:
        raise problems.SUBDISTRICT_UNKNOWN(code=code) from error


def ensure_platform(code: str) -> None:
    """Raise PLATFORM_UNKNOWN unless the platform company is listed."""
    if code not in PLATFORMS:
        raise problems.PLATFORM_UNKNOWN(platform=code, platforms=list(PLATFORMS))
