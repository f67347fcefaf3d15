"""The phases: kills, a broker that comes and goes, workers that come and go, and workers that hang."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

from cheqi.house import House
from tests.chaos.load import RIDERS
from tests.chaos.nursery import Nursery
from tests.chaos.program import NEVER_REJOIN, WORKERS
from tests.chaos.report import Report
from tests.chaos.stack import LOOK_EVERY_S, TARGETS, Goal, Stack, seconds_until_reached
from tests.chaos.witness import count_dropped
from tests.e2e.kill_load import Record
from tests.e2e.kill_process import pause

PATIENCE_S = 90.0
CAUGHT_UP_WITHIN_S = 60.0
HEALED_WITHIN_S = 90.0
DUPLICATES_MAX = 100
JOIN_OR_LEAVE_EVERY_S = 3.0
JOINED_WITHIN_S = 9.0
CONNECTION, DATABASE = "database connection", "database"
WEIGHTS = {"API": 16, "worker": 26, "relay": 14, CONNECTION: 38, DATABASE: 6}
DURING_START_SHARE = 0.4


@dataclass
class Scene:
    """What every phase acts on."""

    stack: Stack
    house: House
    record: Record
    report: Report
    random: Random


def kill_at_random(scene: Scene, count: int) -> None:
    """Kill processes at random moments, most of them once commands are accepted again after the kill before."""
    strokes = scene.random.choices(list(WEIGHTS), list(WEIGHTS.values()), k=count)
    begun = time.monotonic()
    for number, target in enumerate(strokes):
        if not _moment_comes(scene):
            scene.report.blame(f"kills: no command was accepted within {PATIENCE_S:g} s after kill {number}")
            return
        _kill(scene, target)
    for target, times in Counter(strokes).items():
        scene.report.note("kills", target, times)
    scene.report.note("kills", "seconds", time.monotonic() - begun)
    scene.report.note("kills", "commands without an answer", scene.record.unanswered)


def _moment_comes(scene: Scene) -> bool:
    if scene.random.random() < DURING_START_SHARE:
        pause(scene.random.random())
        return True
    came = scene.record.wait_for(scene.random.randint(1, 10), PATIENCE_S)
    pause(scene.random.random() / 20)
    return came


def _kill(scene: Scene, target: str) -> None:
    if target in (CONNECTION, DATABASE):
        scene.stack.end_connection(scene.random, kill=target == DATABASE)
    else:
        _strike(scene, scene.random.choice(TARGETS[target]))


def _strike(scene: Scene, words: str, number: signal.Signals = signal.SIGKILL) -> int | None:
    """Strike the process that carries out a command, once there is one; return which it was."""
    begun = time.monotonic()
    while (struck := scene.stack.strike(words, number)) is None and time.monotonic() - begun < PATIENCE_S:
        pause(LOOK_EVERY_S)
    if struck is None:
        scene.report.blame(f"nothing was struck: no process carried out {words!r} within {PATIENCE_S:g} s")
    return struck


def recover(scene: Scene) -> None:
    """Let everything go on as usual again, so that what the next phase finds is its own."""
    if not scene.record.wait_for(RIDERS, PATIENCE_S):
        scene.report.blame(f"recovery: {RIDERS} commands were not accepted within {PATIENCE_S:g} s")
    seconds_until_reached(Goal(scene.house), PATIENCE_S)


def take_the_broker_away(scene: Scene, seconds: list[float]) -> None:
    """Kill the broker, for so many seconds each time; HTTP goes on, and what was told meanwhile arrives."""
    recover(scene)
    missed = scene.record.unserved.copy()
    caught_up = [_outage(scene, one) for one in seconds]
    scene.report.note("broker", "kills", len(seconds))
    scene.report.note("broker", "longest absence, s", max(seconds))
    unserved = scene.record.unserved - missed
    scene.report.hold("broker", "HTTP requests not served", unserved.total(), 0)
    for why, times in unserved.items():
        scene.report.note("broker", f"not served: {why}", times)
    scene.report.hold("broker", "caught up after return, s, at worst", max(caught_up), CAUGHT_UP_WITHIN_S)


def _outage(scene: Scene, seconds: float) -> float:
    scene.stack.broker.kill()
    pause(seconds)
    begun = time.monotonic()
    scene.stack.broker.start_again()
    scene.report.note("broker", "until it answered again, s", time.monotonic() - begun)
    return seconds_until_reached(Goal(scene.house), CAUGHT_UP_WITHIN_S * 2)


def let_workers_come_and_go(scene: Scene, seconds: float, *, hang: bool) -> None:
    """Let a worker of rewards join or leave every three seconds; meanwhile, if wanted, two others hang."""
    recover(scene)
    with Nursery(scene.stack.settings) as nursery, ThreadPoolExecutor() as pool:
        dropped, began = count_dropped(scene.house), time.monotonic()
        heals = [pool.submit(_hang_in_turn, scene, nursery)] if hang else []
        alive, joins, leaves = [nursery.start("rewards")], 1, 0
        while time.monotonic() - began < seconds:
            pause(JOIN_OR_LEAVE_EVERY_S)
            if len(alive) > scene.random.randint(1, 2):
                nursery.end(alive.pop(0))
                leaves += 1
            else:
                alive.append(nursery.start("rewards"))
                joins += 1
        for heal in heals:
            heal.result()
        for pid in alive:
            nursery.end(pid)
        scene.report.hold("joins", "events not applied in time", not _reached(scene), 0)
    scene.report.note("joins", "workers that joined", joins)
    scene.report.note("joins", "workers that left", leaves)
    scene.report.hold("joins", "events delivered again", count_dropped(scene.house) - dropped, DUPLICATES_MAX)


def _reached(scene: Scene) -> bool:
    return seconds_until_reached(Goal(scene.house), PATIENCE_S) < PATIENCE_S


def _hang_in_turn(scene: Scene, nursery: Nursery) -> None:
    """Let one worker hang after the other: others wait for the events of the relay that stands still with it."""
    _frozen(scene)
    _never_rejoined(scene, nursery)


def _frozen(scene: Scene) -> None:
    """Freeze a worker while it has partitions."""
    words = WORKERS["notify"]
    _heal(scene, "frozen worker healed, s", "notify", lambda: _strike(scene, words, signal.SIGSTOP))


def _never_rejoined(scene: Scene, nursery: Nursery) -> None:
    """Let a worker hang when it is to rejoin its group, which it is when another one joins and leaves."""
    words = WORKERS["training"]

    def hang() -> int | None:
        struck = _strike(scene, words, NEVER_REJOIN)
        other = nursery.start("training")
        pause(JOINED_WITHIN_S)
        nursery.end(other)
        return struck

    _heal(scene, "worker that never rejoined healed, s", "training", hang)


def _heal(scene: Scene, what: str, service: str, strike: Callable[[], int | None]) -> None:
    """Let a service's worker hang, and wait until another process has applied what was told up to then."""
    words, begun = WORKERS[service], time.monotonic()
    struck = strike()
    if struck is None:
        return
    while scene.stack.pid(words) in (struck, None) and time.monotonic() - begun < 2 * HEALED_WITHIN_S:
        pause(LOOK_EVERY_S)
    if scene.stack.pid(words) == struck:
        scene.report.blame(f"hangs: {what}: it was never ended")
    seconds_until_reached(Goal(scene.house, service), PATIENCE_S)
    scene.report.hold("hangs", what, time.monotonic() - begun, HEALED_WITHIN_S)
