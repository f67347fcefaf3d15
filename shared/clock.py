"""The clock port: the only way in which the system learns the time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the present moment, with its zone, in UTC."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


class SettableClock:
    """A clock for tests and the demonstration: it stands until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment that was set."""
        return self._moment

    def set(self, moment: datetime) -> None:
        """Put the clock to a moment that is not before the present one; raises ValueError otherwise."""
        if moment < self._moment:
            message = f"the clock stands at {self._moment} and cannot go back to {moment}"
            raise ValueError(message)
        self._moment = moment.astimezone(UTC)

    def advance(self, step: timedelta) -> None:
        """Move the clock forward."""
        self.set(self._moment + step)


def local_day(moment: datetime) -> date:
    """Return the calendar day in Asia/Shanghai; days, months and quotas are counted there."""
    return moment.astimezone(SHANGHAI).date()


def start_of_local_day(moment: datetime) -> datetime:
    """Return the midnight, in UTC, that begins the moment's day in Asia/Shanghai."""
    return datetime.combine(local_day(moment), time.min, SHANGHAI).astimezone(UTC)


def end_of_local_day(moment: datetime) -> datetime:
    """Return the midnight, in UTC, that ends the moment's day in Asia/Shanghai."""
    following = local_day(moment) + timedelta(days=1)
    return datetime.combine(following, time.min, SHANGHAI).astimezone(UTC)
