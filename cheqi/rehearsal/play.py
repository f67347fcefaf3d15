"""Playing a rehearsal: riders come in, have their days side by side, all of it settles, and an audit follows."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from rich.progress import track

from cheqi.audit import Disagreement, audit_house
from cheqi.folder import data_folder
from cheqi.house import House, opened
from cheqi.lag import count_unsettled
from cheqi.rehearsal.deeds import Fair, open_fair, register, spend_day
from cheqi.rehearsal.people import ADMINISTRATOR, Signer, Voice
from shared.auth import Principal
from shared.clock import SystemClock
from shared.places import subdistricts
from shared.random import SystemRandom
from shared.settings import Settings

AT_ONCE = 8
SETTLED_WITHIN_S = 600.0
LOOK_EVERY_S = 0.5
FIRST_PHONE = 19100000000
"""Numbers of nobody in the demonstration, so that both may be played on one setup."""
T = TypeVar("T")


@dataclass(frozen=True)
class Size:
    """How large a rehearsal is; the same seed draws the same deeds."""

    riders: int
    days: int
    seed: int


@dataclass(frozen=True)
class Outcome:
    """What a rehearsal came to: answers by kind, seconds of the days, events still open, and what does not agree."""

    answers: Counter[str]
    seconds: float
    unsettled: int
    disagreements: Sequence[Disagreement]

    @property
    def held(self) -> bool:
        """Whether everything settled and agrees."""
        return not self.unsettled and not self.disagreements


class Tally:
    """Counts answers from many threads."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self._lock = threading.Lock()

    def count(self, what: str) -> None:
        """Count one more."""
        with self._lock:
            self.answers[what] += 1


def rehearse(settings: Settings, size: Size) -> Outcome:
    """Play riders' days against the setup that runs; raises UnexpectedAnswerError, or a transport's error."""
    tally = Tally()
    keys = data_folder(settings, "registration").secrets
    voice = Voice(settings.address_of, Signer(keys, SystemClock(), SystemRandom()), tally.count)
    try:
        fair = open_fair(voice, ADMINISTRATOR)
        riders = _side_by_side("riders", _registrations(voice, size))
        begun = time.monotonic()
        for day in range(size.days):
            _side_by_side(f"day {day + 1}", _days(voice, riders, fair, f"{size.seed}/{day}"))
        seconds = time.monotonic() - begun
    finally:
        voice.close()
    with opened(settings) as house:
        unsettled = _settle(house)
        return Outcome(tally.answers, seconds, unsettled, audit_house(house))


def _registrations(voice: Voice, size: Size) -> list[Callable[[], Principal]]:
    places = sorted(subdistricts())
    return [_registration(voice, places[number % len(places)], number, size.seed) for number in range(size.riders)]


def _registration(voice: Voice, subdistrict: str, number: int, seed: int) -> Callable[[], Principal]:
    phone = str(FIRST_PHONE + number)
    return lambda: register(voice, subdistrict, phone, Random(f"{seed}/rider/{number}"))  # noqa: S311 - a seed repeats it


def _days(voice: Voice, riders: Iterable[Principal], fair: Fair, seed: str) -> list[Callable[[], None]]:
    return [_day(voice, rider, fair, f"{seed}/{number}") for number, rider in enumerate(riders)]


def _day(voice: Voice, rider: Principal, fair: Fair, seed: str) -> Callable[[], None]:
    return lambda: spend_day(voice, rider, fair, Random(seed))  # noqa: S311 - a seed repeats the deeds


def _side_by_side(title: str, deeds: Sequence[Callable[[], T]]) -> list[T]:
    """Do many things, some of them at once, under a progress bar."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = pool.map(lambda deed: deed(), deeds)
        return list(track(done, title, total=len(deeds)))


def _settle(house: House) -> int:
    """Wait until every event was sent and applied everywhere; return how many were not in time."""
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while (unsettled := count_unsettled(house.nodes)) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
    return unsettled
