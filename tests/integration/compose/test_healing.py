"""What is killed comes back by itself, and what is away is told by those who need it."""

import pytest

from tests.containers.patience import until
from tests.integration.compose.stack import HEALED_WITHIN_S, Stack

KILLED = ("kafka", "postgres", "governance", "rewards-worker")


@pytest.mark.parametrize("service", KILLED)
def test_what_is_killed_is_started_again_and_all_is_healthy_again(stack: Stack, service: str) -> None:
    before = stack.started(service)

    stack.kill(service)

    until(lambda: stack.started(service) != before, HEALED_WITHIN_S)
    stack.wait_until_healthy()


def test_the_gateway_answers_again_after_it_was_killed(stack: Stack) -> None:
    before = stack.started("gateway")

    stack.kill("gateway")

    until(lambda: stack.started("gateway") != before, HEALED_WITHIN_S)
    until(stack.answers, HEALED_WITHIN_S)


@pytest.mark.parametrize(
    ("away", "needs_it", "reason", "works_on"),
    [
        ("kafka", "rewards-worker", "Kafka does not answer", "rewards"),
        ("postgres", "rewards", "the store does not answer", "gateway"),
    ],
)
def test_who_needs_what_is_away_says_so_until_it_is_back(
    stack: Stack, away: str, needs_it: str, reason: str, works_on: str
) -> None:
    stack.wait_until_healthy()
    stack.compose("stop", away)
    try:
        until(lambda: not stack.is_ready(needs_it), HEALED_WITHIN_S)
        assert reason in str(stack.reasons(needs_it))
        assert stack.states()[works_on] == ("running", "healthy")
    finally:
        stack.compose("start", away)

    until(lambda: stack.is_ready(needs_it), HEALED_WITHIN_S)


def test_a_frozen_worker_is_killed_and_started_again_by_its_supervisor(stack: Stack) -> None:
    frozen = stack.inside("training-worker", "python", "-c", FREEZE).strip()

    until(lambda: frozen not in stack.inside("training-worker", "python", "-c", LIST).split(), HEALED_WITHIN_S)
    until(lambda: stack.is_ready("training-worker"), HEALED_WITHIN_S)


LIST = """
from pathlib import Path

for one in Path("/proc").glob("[0-9]*/cmdline"):
    if b"--" b"pulse" in one.read_bytes():
        print(one.parent.name)
"""
FREEZE = LIST + "        import os, signal; os.kill(int(one.parent.name), signal.SIGSTOP)\n"
