"""The moment at which tests begin unless they say otherwise, noon of the first class's day in Haidian, and a clock."""

from datetime import datetime

from shared.clock import SHANGHAI

NOON = datetime(2026, 9, 18, 12, 0, tzinfo=SHANGHAI)


class Seconds:
    """Seconds that the test lets pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let some pass."""
        self.now += seconds
