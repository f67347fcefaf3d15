"""Playing chaos on one stack: phase after phase under one load, then the checks."""

import time
from dataclasses import dataclass, field
from random import Random

from tests.chaos.checks import violations
from tests.chaos.load import load, settle_in
from tests.chaos.phases import Scene, kill_at_random, let_workers_come_and_go, take_the_broker_away
from tests.chaos.report import Report
from tests.chaos.stack import Stack, unsettled
from tests.containers.deployment import command
from tests.e2e.kill_load import Record

SETTLED_WITHIN_S = 120.0


@dataclass(frozen=True)
class Size:
    """How much chaos there is."""

    kills: int = 100
    outages_s: list[float] = field(default_factory=lambda: [1, 1, 60, 1, 1])
    joins_s: float = 180
    hang: bool = True


def play(stack: Stack, size: Size, seed: int) -> Report:
    """Play chaos; the report names whatever was lost or done twice. The load and the processes end with it."""
    report, record, begun = Report(), Record(), time.monotonic()
    with stack.running() as house:
        scene = Scene(stack, house, record, report, Random(seed))
        people = settle_in(stack.settings, record)
        with load(stack.settings, people, seed, record):
            if size.kills:
                kill_at_random(scene, size.kills)
            if size.outages_s:
                take_the_broker_away(scene, size.outages_s)
            if size.joins_s:
                let_workers_come_and_go(scene, size.joins_s, hang=size.hang)
        _send_again(scene)
        report.hold("end", "events not settled", unsettled(house, SETTLED_WITHIN_S), 0)
        for one in violations(stack, house, record):
            report.blame(one)
    report.note("end", "commands accepted", len(record.made))
    report.note("end", "repeats answered as before", record.replayed)
    report.note("end", "violations", len(report.violations), "0")
    report.note("end", "seconds in all", time.monotonic() - begun)
    return report


def _send_again(scene: Scene) -> None:
    """Publish a whole log again, as for a broker that lost everything: nothing may come of it."""
    done = command(scene.stack.settings, "republish", "governance")
    if done.exit_code:
        scene.report.blame(f"republish: {done.output}")
