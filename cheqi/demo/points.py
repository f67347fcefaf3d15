"""What riders' points come to, asked again until the effects of a step have arrived."""

from typing import Any

from cheqi.demo.day import Day, until

BALANCE = "/api/rewards/riders/me/balance"


def balance_of(day: Day, name: str) -> dict[str, int]:
    """Return a rider's points: available, promised for reports, reserved for vouchers."""
    shown: dict[str, Any] = day[name].get(BALANCE)
    return {part: int(shown[part]) for part in ("available", "held", "reserved")}


def until_points(day: Day, name: str, *, available: int, held: int = 0, reserved: int = 0) -> None:
    """Wait until a rider's points come to this; raises StepFailedError."""
    wanted = {"available": available, "held": held, "reserved": reserved}
    until(f"points of {name}", lambda: balance_of(day, name), wanted)
