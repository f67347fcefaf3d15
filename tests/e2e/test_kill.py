"""The process is killed twenty times under load; whatever was accepted is there, once, and everything agrees."""

import os
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from cheqi.house import House, opened
from tests.e2e import kill_checks as checks
from tests.e2e.kill_load import NO_MORE_TODAY, NOT_ENOUGH, Giver, Record, at_work
from tests.e2e.kill_people import People, settle_in
from tests.e2e.kill_process import Process, pause

KILLS, RIDERS = 20, 4
DURING_START_SHARE = 0.25
PATIENCE_S = 60


@pytest.mark.timeout(400)
def test_of_what_was_accepted_nothing_is_missing_and_nothing_is_there_twice_after_twenty_kills(tmp_path: Path) -> None:
    seed = int(os.environ.get("KILL_SEED", "20260918"))
    print(f"KILL_SEED={seed}")  # noqa: T201 - with it the same moments come again
    process, record = Process(tmp_path), Record()
    process.start()
    try:
        process.wait_until_ready()
        people = settle_in(process, RIDERS)
        kill_under_load(process, people, record, seed)
        checks.wait_until_quiet(process.address)
        found = checks.listed(process.address, people.administrator)
    finally:
        process.end()

    assert_answers_held(record)
    assert_listed_once(record, found)
    with opened(process.settings) as house:
        house.settle()
        assert_told_once(record, house)
        assert_points_agree(record, house)
    audit = process.run("audit")
    assert (audit.returncode, audit.stderr) == (0, ""), audit.stdout


def kill_under_load(process: Process, people: People, record: Record, seed: int) -> None:
    """Kill and start the process again while commands are given without pause."""
    random = Random(seed)
    givers = [Giver(process.address, people, number, seed, record) for number in range(RIDERS)]
    with at_work(givers):
        for _kill in range(KILLS):
            wait_for_a_moment(process, record, random)
            process.kill()
            process.start()
        process.wait_until_ready()
        assert record.wait_for(RIDERS, PATIENCE_S)


def wait_for_a_moment(process: Process, record: Record, random: Random) -> None:
    """Wait until the process is to be killed: mostly under load, and now and then while it is starting."""
    if random.random() < DURING_START_SHARE:
        pause(random.random() * 2)
        return
    process.wait_until_ready()
    assert record.wait_for(random.randint(1, 30), PATIENCE_S)
    pause(random.random() / 20)


def assert_answers_held(record: Record) -> None:
    """Every kind of command was accepted, repeats contradicted nothing, and only known limits were in the way."""
    accepted = Counter(made.kind for made in record.made)
    print(f"accepted {dict(accepted)}, unanswered {record.unanswered}, replayed {record.replayed}")  # noqa: T201 - the seed and the counts belong into the log of a failure
    assert set(accepted) == {"register", "report", "verify", "course", "order", "reserve", "issue"}
    assert record.unanswered > 0
    assert record.contradicted == []
    assert set(record.refused) <= {NOT_ENOUGH, NO_MORE_TODAY}


def assert_listed_once(record: Record, found: dict[str, list[str]]) -> None:
    """What staff find is what was accepted, each once; riders who signed up before the load are not looked at."""
    for kind, ids in found.items():
        accepted = Counter(made.id for made in record.of(kind))
        assert set(accepted.values()) == {1}, kind
        listed = Counter(ids)
        assert accepted - listed == Counter(), f"missing: {kind}"
        assert listed.total() - accepted.total() == (RIDERS if kind == "register" else 0), f"too many: {kind}"


def assert_told_once(record: Record, house: House) -> None:
    """The logs hold one event for each accepted command, and no other of the kind."""
    for kind, subjects in checks.told(house).items():
        accepted = Counter(made.id for made in record.of(kind))
        assert accepted - subjects == Counter(), f"not told: {kind}"
        assert subjects.total() - accepted.total() == (RIDERS if kind == "register" else 0), f"told too often: {kind}"


def assert_points_agree(record: Record, house: House) -> None:
    """Each verified report that earns was awarded once, each issued voucher paid once, and the ledger sums to zero."""
    awarded, spent = checks.points_told(house)
    expected_awards, expected_payments = checks.points_expected(record, points=1)
    assert awarded == expected_awards
    assert spent == expected_payments
    total, available, reserved = checks.sums(house)
    assert total == 0
    assert available + reserved == awarded.total() - spent.total()
