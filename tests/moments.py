"""The moment at which tests begin unless they say otherwise: noon of the first class's day, in Haidian."""

from datetime import datetime

from shared.clock import SHANGHAI

NOON = datetime(2026, 9, 18, 12, 0, tzinfo=SHANGHAI)
