"""What the steps of the day share: the house, its clock, the people, and what earlier steps have made."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx2

from cheqi.demo.person import Person, StepFailedError
from cheqi.house import House, list_trial_sms
from shared.clock import SHANGHAI, SettableClock

BEGIN = datetime(2026, 9, 18, 9, 0, tzinfo=SHANGHAI)
EFFECT_WITHIN_S = 30.0
POLL_S = 0.05
Facts = Mapping[str, Any]
T = TypeVar("T")


@dataclass
class Day:
    """The day as it goes on; `made` holds the ids that earlier steps got back, by name."""

    house: House
    clock: SettableClock
    http: httpx2.Client
    people: dict[str, Person] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)

    def wait_until(self, moment: datetime) -> None:
        """Put the clock to a moment, if it is still to come."""
        if moment > self.clock.now():
            self.clock.set(moment)

    def at(self, hour: int, minute: int = 0, *, day: int = 18) -> None:
        """Put the clock to a time of a day of September 2026 in Asia/Shanghai, if it is still to come."""
        self.wait_until(BEGIN.replace(day=day, hour=hour, minute=minute))

    def pass_by(self, **step: float) -> None:
        """Let some time pass."""
        self.clock.advance(timedelta(**step))

    @property
    def local_now(self) -> datetime:
        """The present moment in Asia/Shanghai."""
        return self.clock.now().astimezone(SHANGHAI)

    def create_administrator(self, login: str, password: str) -> str:
        """Make an administrator as the command line does; return the address that an authenticator app reads."""
        return self.house.create_administrator(login, password)

    def messages(self) -> list[dict[str, str]]:
        """Return the text messages that the trial adapter kept, newest first."""
        return list_trial_sms(self.house.settings)

    def __getitem__(self, name: str) -> Person:
        """Return one of the people."""
        return self.people[name]


@dataclass(frozen=True)
class Step:
    """One thing that happens; `play` returns the facts that both texts name, or raises StepFailedError."""

    zh: str
    en: str
    play: Callable[[Day], Facts]


def expect(what: str, came: object, wanted: object) -> None:
    """Raise StepFailedError, naming both, unless what came is what was wanted."""
    if came != wanted:
        message = f"{what}: expected {wanted!r}, got {came!r}"
        raise StepFailedError(message)


def until(what: str, ask: Callable[[], T], wanted: T) -> T:
    """Ask again and again until the answer is the wanted one; raises StepFailedError after 30 s."""
    return until_true(f"{what}: expected {wanted!r}", ask, lambda came: came == wanted)


def until_true(what: str, ask: Callable[[], T], holds: Callable[[T], bool]) -> T:
    """Ask again and again until the answer will do, and return it; raises StepFailedError after 30 s."""
    deadline = time.monotonic() + EFFECT_WITHIN_S
    while not holds(came := ask()):
        if time.monotonic() > deadline:
            message = f"{what}, still got {came!r} after {EFFECT_WITHIN_S:.0f} s"
            raise StepFailedError(message)
        time.sleep(POLL_S)
    return came
