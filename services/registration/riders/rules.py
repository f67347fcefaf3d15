"""What is shown of personal values on a screen, and what a masked value means when it is sent back."""

from collections.abc import Callable

STAR = "*"


def masked_phone(phone: str) -> str:
    """Return `138****5678` for 13812345678."""
    return f"{phone[:3]}{STAR * 4}{phone[-4:]}"


def masked_name(name: str) -> str:
    """Return the first character and a star for each other one, one star at least."""
    return name[:1] + STAR * max(1, len(name) - 1)


def masked_email(email: str) -> str:
    """Return the first character, three stars and the domain."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}{STAR * 3}@{domain}"


def unmasked(given: str | None, real: str | None, mask: Callable[[str], str]) -> str | None:
    """Return what a value sent back by a form stands for: the real one where the mask of it came back."""
    return real if given is not None and real is not None and given == mask(real) else given


def is_masked(value: str | None) -> bool:
    """Tell whether a value is a mask and no real value."""
    return value is not None and STAR in value
