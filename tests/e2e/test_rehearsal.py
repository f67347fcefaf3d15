"""The command that plays a district's day on a running setup, and those that an operator looks at it with."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from shared.db.store import open_store, sqlite_url
from tests.e2e.kill_process import Process


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """Run all services in a process of their own."""
    running = Process(tmp_path)
    running.start()
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.end()


def test_a_rehearsal_ends_settled_and_in_agreement(process: Process) -> None:
    played = process.run("rehearse", "--riders", "30", "--days", "3", "--seed", "3")
    lag = process.run("lag", "--json")

    assert played.returncode == 0, played.stderr
    assert played.stdout.endswith(" 0 events not settled\naudit: all agrees\n")
    assert "accepted" in played.stdout
    rows = json.loads(lag.stdout)
    assert {row["behind"] for row in rows} == {0}
    assert ("rewards", "governance") in {(row["service"], row["hears"]) for row in rows}
    assert count_rows(process, "redemption") > 0


def count_rows(process: Process, table: str) -> int:
    """Return how many rows a table of rewards has."""
    ledger = open_store(sqlite_url(process.settings.data / "rewards.db"))
    with ledger.read() as session:
        rows = session.execute(select(func.count()).select_from(text(table))).scalar_one()
    ledger.close()
    return int(rows)


def test_a_rehearsal_names_what_does_not_agree(process: Process) -> None:
    assert process.run("rehearse", "--riders", "12", "--seed", "3").returncode == 0
    ledger = open_store(sqlite_url(process.settings.data / "rewards.db"))
    with ledger.write() as session:
        session.connection().exec_driver_sql("UPDATE posting SET points = points + 1")
    ledger.close()

    audited = process.run("audit")

    assert audited.returncode == 1
    assert "rewards" in audited.stdout


def test_a_rehearsal_without_a_running_setup_says_so(process: Process) -> None:
    process.end()

    played = process.run("rehearse", "--riders", "1")

    assert played.returncode == 1
    assert f"do the services run, and answer at {process.address}?" in played.stderr
