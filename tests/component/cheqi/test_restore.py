"""Putting backups back: refused with a reason, whole or not at all, and nothing runs before the tail was read back."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from cheqi.backup import command, folder
from cheqi.backup.reading_back import mark_older_copies
from cheqi.stores import stores_of
from services.governance.hazards.models import HazardContent
from shared.clock import SystemClock
from shared.db import targets
from shared.errors import ConfigurationError
from shared.messaging.cause import of_system
from shared.messaging.read_back import NotReadBackError, find_restored
from shared.photos.store import photos_in_folder
from tests.component.cheqi.restoring import LONG_AGO, Home, tell


def test_everything_is_put_back_into_an_empty_folder_and_agrees(home: Home) -> None:
    keys, stores = home.back_up("--keys"), home.back_up()
    home.lose_everything()

    home.done("restore", keys)
    home.done("restore", stores)

    assert home.findings() == []
    home.tell("h3")
    assert home.told() == ["h1", "h2", "h3"]
    assert home.findings() == []


def test_a_store_whose_keys_were_lost_does_not_start_until_they_are_put_back(home: Home) -> None:
    with home.opened() as house, house.get_node("governance").transaction(of_system(LONG_AGO)) as session:
        sealed = house.get_node("governance").keys.seal_text("r1", "words", "secret words")
        session.add(HazardContent(hazard_id="h1", rider_id="r1", cell="c", words=sealed, place=sealed))
    keys = home.back_up("--keys")
    shutil.rmtree(home.data / "keys")

    with home.opened() as house, pytest.raises(ConfigurationError, match="governance holds what rider keys sealed"):
        house.start()
    shutil.rmtree(home.data / "keys")
    home.done("restore", keys)

    assert home.told() == ["h1", "h2"]


def test_what_staff_have_sealed_before_any_rider_came_keeps_nothing_from_starting(tmp_path: Path) -> None:
    new = Home(tmp_path)
    with new.opened() as house:
        house.create_administrator("boss", "seven horses at dawn")

    with new.opened() as house:
        house.start()

    assert new.findings() == []


def test_photos_and_archived_months_come_back_with_the_stores(home: Home) -> None:
    home.tell("h0")
    home.done("archive", "governance", "--before", "2020-02")
    photos_in_folder(home.data / "photos").put("2026-09-18/p1", b"sealed")
    keys, stores = home.back_up("--keys"), home.back_up()
    home.lose_everything()

    home.done("restore", keys)
    home.done("restore", stores)

    assert photos_in_folder(home.data / "photos").get("2026-09-18/p1") == b"sealed"
    assert home.told() == ["h1", "h2", "h0"]
    assert home.findings() == []


def test_an_archived_month_that_was_damaged_is_mended_by_a_restore(home: Home) -> None:
    home.done("archive", "governance", "--before", "2020-02")
    stores = home.back_up()
    (home.data / "archive" / "governance" / "2020-01.jsonl.gz").write_bytes(b"damaged")

    home.done("restore", stores, "--replace", "--yes", "--service", "governance")

    assert home.told() == ["h1", "h2"]


def test_what_was_archived_after_the_backup_is_read_back_from_the_archive(home: Home) -> None:
    stores = home.back_up()
    home.tell("h0", "h3", at=LONG_AGO)
    home.done("archive", "governance", "--before", "2020-02")

    home.done("restore", stores, "--replace", "--yes", "--service", "governance")

    assert home.told() == ["h1", "h2", "h0", "h3"]
    assert sorted(home.findings()) == [("hazard-missing", "h0"), ("hazard-missing", "h3")]


def test_stores_are_not_put_back_before_the_keys_that_open_them(home: Home) -> None:
    keys, stores = home.back_up("--keys"), home.back_up()
    home.lose_everything()

    without = home.refused("restore", stores)
    (home.data / "keys" / "master.key").write_text("0" * 64)
    with_others = home.refused("restore", stores)
    over_others = home.refused("restore", keys)

    assert "put the keys back first" in without
    assert f"was lost, remove {home.data / 'keys' / 'master.key'} before" in with_others
    assert "master.key differs" in over_others


def test_a_store_that_holds_something_is_replaced_only_when_that_is_said_and_confirmed(home: Home) -> None:
    stores = home.back_up()
    home.tell("h3")

    unsaid = home.refused("restore", stores)
    unconfirmed = home.run("restore", stores, "--replace")
    kept = home.told()
    home.done("restore", stores, "--replace", "--yes")

    assert "with --replace all that it holds now is lost" in unsaid
    assert (unconfirmed.exit_code, "Go on?" in unconfirmed.output) == (1, True)
    assert kept == ["h1", "h2", "h3"]
    assert home.told() == ["h1", "h2"]


def test_nothing_is_put_back_under_a_service_that_runs(home: Home) -> None:
    stores = home.back_up()

    with home.opened() as house:
        house.settle()
        restoring = home.refused("restore", stores, "--replace", "--yes", "--service", "rewards")
        reading_back = home.refused("read-back", "--service", "rewards", "--yes")

    assert "somebody is connected to the store of rewards" in restoring
    assert "somebody is connected to the store of rewards" in reading_back


@pytest.mark.parametrize("damage", ["missing", "altered", "cut"])
def test_a_damaged_file_is_named_and_nothing_is_put_back(home: Home, damage: str) -> None:
    stores = home.back_up()
    file, before = stores / "stores" / "rewards" / "store.db", home.told()
    content = file.read_bytes()
    file.unlink()
    if damage != "missing":
        file.write_bytes(content[:-1] + (b"?" if damage == "altered" else b""))

    refusal = home.refused("restore", stores, "--replace", "--yes")

    assert f"{file} is missing or damaged" in refusal
    assert home.told() == before


def test_a_backup_of_a_newer_program_is_refused(home: Home) -> None:
    stores = home.back_up()
    manifest = json.loads((stores / "manifest.json").read_text())
    manifest["facts"]["services"]["notify"]["revision"] = "9999"
    (stores / "manifest.json").write_text(json.dumps(manifest))

    refusal = home.refused("restore", stores, "--replace", "--yes")

    assert "notify is at migration 9999" in refusal


def test_a_backup_of_an_older_program_is_brought_up_to_date(home: Home) -> None:
    stores = home.back_up()
    older = stores / "stores" / "governance" / "store.db"
    with closing(sqlite3.connect(older)) as connection, connection:
        connection.executescript("DROP TABLE restored; DROP TABLE handled_type")
        connection.execute("UPDATE alembic_version SET version_num = '0007'")
    manifest = json.loads((stores / "manifest.json").read_text())
    manifest["facts"]["services"]["governance"]["revision"] = "0007"
    manifest["files"]["stores/governance/store.db"] = asdict(folder._digest(older))
    (stores / "manifest.json").write_text(json.dumps(manifest))

    home.done("restore", stores, "--replace", "--yes")

    assert home.told() == ["h1", "h2"]
    assert home.findings() == []


def test_a_restore_that_breaks_off_leaves_the_store_as_it_was(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    stores = home.back_up()
    home.tell("h3")

    def fail(_connection: Connection, _package: str) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(targets, "migrate_connection", fail)
        ended = home.run("restore", stores, "--replace", "--yes", "--service", "governance")

    assert ended.exit_code != 0
    assert home.told() == ["h1", "h2", "h3"]
    assert [path.name for path in home.data.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("left", ["governance.db-wal", "governance.db-journal", ".governance.db.restored-journal"])
def test_a_log_that_outlived_its_file_is_not_played_into_the_copy(home: Home, left: str) -> None:
    stores, file = home.back_up(), home.data / "governance.db"
    with home.opened() as house:
        tell(house, "h3", SystemClock().now())
        house.settle()
        written = file.with_name("governance.db-wal").read_bytes()
    if left.endswith("-journal"):
        written = hot_journal(file)
    file.unlink()
    file.with_name(left).write_bytes(written)

    home.done("restore", stores, "--service", "governance")

    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert home.told() == ["h1", "h2"]


def hot_journal(file: Path) -> bytes:
    """Return the journal of a transaction that was cut off: the pages of the file as they were before it."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for step in ("PRAGMA journal_mode=DELETE", "PRAGMA cache_size=1", "BEGIN"):
            connection.execute(step)
        connection.execute("UPDATE event_log SET document = document || ' '")
        connection.execute("CREATE TABLE large AS SELECT zeroblob(400000)")
        return file.with_name(f"{file.name}-journal").read_bytes()


def test_nothing_starts_on_a_store_whose_tail_was_not_read_back(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    stores = home.back_up()

    def bus_is_away(*_given: object) -> None:
        message = "Kafka does not answer"
        raise ConnectionError(message)

    with monkeypatch.context() as patch:
        patch.setattr(command, "read_back_logs", bus_is_away)
        ended = home.run("restore", stores, "--replace", "--yes")
    with home.opened() as house, pytest.raises(NotReadBackError, match="cheqi read-back"):
        house.start()
    home.done("read-back")

    assert ended.exit_code == 1
    assert "cheqi read-back" in ended.output
    with home.opened() as house:
        house.start()


def test_where_no_bus_keeps_the_tail_what_others_have_heard_of_is_named_and_nothing_new_is_taken_for_old(
    home: Home,
) -> None:
    stores = home.back_up()
    home.tell("h1", "h3")

    home.done("restore", stores, "--replace", "--yes", "--service", "governance")
    home.tell("h1", "h4")

    found = home.findings()
    assert ("effect-missing", "h4") not in found
    assert ("subject-gap", "h1") in found
    assert ("claim-not-told", "h3") in found
    assert {code for code, _ in found} <= {
        "log-gap",
        "seal-broken",
        "subject-gap",
        "head-differs",
        "history-differs",
        "claim-not-told",
        "claim-differs-from-log",
    }


@pytest.mark.parametrize(("days", "asked"), [(None, 0), (1, 0), (-1, -1)])
def test_a_tail_is_asked_for_from_the_end_of_the_log_or_an_earlier_moment(
    home: Home, days: int | None, asked: int
) -> None:
    stores = stores_of(home.settings)
    since = None if days is None else LONG_AGO + timedelta(days=days)

    mark_older_copies(stores, ["governance"], since)

    with home.opened() as house, house.get_node("governance").snapshot() as session:
        found = find_restored(session)
        assert found is not None
        assert found.taken_at == LONG_AGO + timedelta(days=asked)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "2199-01-01"), "2199-01-01 is not in the past"),
        (("--since", "1969-01-01"), "1969-01-01 is not in the past"),
        (("--since", "yesterday"), "'yesterday' is no moment; write it as in"),
        (("--service", "rewrads"), "there is no service 'rewrads'; choose one of"),
    ],
)
def test_what_cannot_be_read_back_is_refused_with_a_reason(home: Home, words: tuple[str, str], said: str) -> None:
    assert said in home.refused("read-back", *words)
