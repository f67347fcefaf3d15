"""Playing one script twice, in calm and in a storm, and comparing what comes of it."""

import atexit
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from tempfile import mkdtemp

from services.governance import service as governance
from services.notify import service as notify
from services.registration import service as registration
from services.rewards import service as rewards
from services.training import service as training
from shared.clock import SettableClock
from shared.photos.store import photos_in_memory
from shared.random import SeededRandom
from shared.secret_files import SecretFolder
from shared.service import Service
from tests.moments import NOON
from tests.sim.ends import difference, end_of
from tests.sim.invariants import violations
from tests.sim.record import recorded
from tests.sim.story import Story
from tests.sim.world import World

SCHEDULES_PER_SCRIPT = 20
LOOKED_AFTER, LOOKED_EVERY = "report_and_decide", 4
"""Every so many schedules are looked at in their midst too, which costs as much as at the end."""


@dataclass(frozen=True)
class Result:
    """What a schedule came to: `wrong` is what did not hold, `faults` how often each fault struck."""

    seed: int
    wrong: list[str]
    faults: dict[str, int]


class Names:
    """A directory that knows every rider by a name made from the id."""

    def name_of(self, rider_id: str) -> str | None:
        """Return a name."""
        return f"rider {rider_id[:8]}"


def play(seed: int) -> Result:
    """Play the schedule of a seed; scripts repeat every so many seeds, schedules never."""
    script = seed // SCHEDULES_PER_SCRIPT
    world, story, wrong = _played(script, random.Random(seed), stormy=True, midway=seed % LOOKED_EVERY == 0)
    if not wrong:
        end = end_of(world)
        calm_end, calm_outcomes = calm(script)
        if story.outcomes != calm_outcomes:
            wrong.append(f"orders were answered differently: {_first_difference(story.outcomes, calm_outcomes)}")
        elif told := difference(end, calm_end):
            wrong.append(f"the ends differ: {told}")
    crashes = sum(place.store.crashes for place in world.places.values())
    return Result(seed, wrong, {**world.bus.faults, "crash": crashes, "erasure": len(story.erased)})


@lru_cache(maxsize=4)
def calm(script: int) -> tuple[dict[str, list[str]], list[str]]:
    world, story, wrong = _played(script, random.Random(script), stormy=False, midway=True)
    assert not wrong, wrong
    return end_of(world), story.outcomes


def _played(script: int, rng: random.Random, *, stormy: bool, midway: bool) -> tuple[World, Story, list[str]]:
    world = World(_services(), SettableClock(NOON), rng, stormy=stormy)
    story = Story(world, script)
    wrong: list[str] = []
    for chapter in story.play():
        if midway and chapter == LOOKED_AFTER:
            wrong += [f"after {chapter}: {text}" for text in violations(world, story.erased)]
    if not wrong:
        wrong += violations(world, story.erased)
    return world, story, wrong


@cache
def _services() -> list[Service]:
    """Build the services once in a process: what they keep they keep in a world's stores."""
    folder = Path(mkdtemp(prefix="cheqi-sim-"))
    atexit.register(shutil.rmtree, folder)
    ports = registration.open_ports(folder, SecretFolder(folder), "trial", SettableClock(NOON), SeededRandom(0))
    built = [
        registration.build(ports),
        governance.build(photos=photos_in_memory()),
        rewards.build(code_key=b"c" * 32),
        training.build(directory=Names(), public_url="https://cheqi.example"),
        notify.build(),
    ]
    return [recorded(service) for service in built]


def _first_difference(one: Sequence[str], other: Sequence[str]) -> str:
    return next(
        (f"{mine!r}, in calm {theirs!r}" for mine, theirs in zip(one, other, strict=False) if mine != theirs), ""
    )
