"""Every service is restarted under load, and everything goes down and up again: nothing accepted is lost."""

from collections import Counter

from tests.containers.patience import until
from tests.e2e import kill_checks as checks
from tests.e2e.kill_load import NO_MORE_TODAY, NOT_ENOUGH, Giver, Record, at_work
from tests.e2e.kill_people import People, settle_in
from tests.integration.compose.stack import HEALED_WITHIN_S, SERVICES, Stack

RIDERS = 2
MORE_WITHIN_S = 60


def test_a_rolling_restart_under_load_and_a_whole_one_lose_nothing(stack: Stack) -> None:
    people, record = settle_in(stack, RIDERS), Record()
    before = checks.listed(stack.address, people.administrator)

    restart_under_load(stack, people, record)
    stack.compose("down")
    stack.up()
    stack.wait_until_healthy()

    assert record.contradicted == []
    assert set(record.refused) <= {NOT_ENOUGH, NO_MORE_TODAY}
    assert_there_once(record, before, checks.listed(stack.address, people.administrator))
    audit = stack.run("audit")
    assert audit.returncode == 0, audit.stdout


def restart_under_load(stack: Stack, people: People, record: Record) -> None:
    """Restart one service after the other, API and worker, while commands are given without pause."""
    givers = [Giver(stack.address, people, number, 1, record) for number in range(RIDERS)]
    with at_work(givers):
        for service in SERVICES:
            assert record.wait_for(RIDERS, MORE_WITHIN_S)
            stack.compose("restart", service, f"{service}-worker")
            until(lambda: all(map(stack.is_ready, (service, f"{service}-worker"))), HEALED_WITHIN_S)  # noqa: B023 - asked before the next one
        assert record.wait_for(RIDERS, MORE_WITHIN_S)


def assert_there_once(record: Record, before: dict[str, list[str]], after: dict[str, list[str]]) -> None:
    """Staff find what was there before and what was accepted, each once."""
    for kind, ids in after.items():
        accepted = Counter(made.id for made in record.of(kind))
        assert set(accepted.values()) <= {1}, kind
        assert Counter(ids) == accepted + Counter(before[kind]), kind
    assert all(record.of(kind) for kind in ("register", "report", "verify", "course", "order"))
