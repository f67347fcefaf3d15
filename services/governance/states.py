"""The states of a report, which every noun of governance knows."""

from enum import StrEnum


class State(StrEnum):
    """What became of a report."""

    REPORTED = "reported"
    VERIFIED = "verified"
    REJECTED = "rejected"
    MERGED = "merged"


OPEN = frozenset({State.REPORTED, State.VERIFIED})
"""States of a hazard that may still be there."""
