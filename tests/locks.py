"""What a lock of dependencies names."""

import re
from pathlib import Path

PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)
ROOT = Path(__file__).parents[1]


def pins_of(lock: str) -> set[tuple[str, str]]:
    """Return the packages of a lock with their versions."""
    return set(PIN.findall((ROOT / lock).read_text(encoding="utf-8")))
