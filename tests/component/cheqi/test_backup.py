"""Making backups: of one moment, whole or not at all, without keys, and with a word of when the last was finished."""

import json
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from cheqi.backup import making
from shared.db.copies import snapshots_of_one_moment
from shared.db.store import Store, open_store, sqlite_url
from shared.messaging.tables import KIT, checkpoint
from tests.component.cheqi.restoring import Home
from tests.component.db.ddl import steps_of

ROUNDS = 20


def test_a_backup_says_what_it_holds_and_only_its_owner_may_read_it(home: Home) -> None:
    newest = steps_of("governance")[-1].stem.partition("_")[0]

    made = home.back_up()

    manifest = json.loads((made / "manifest.json").read_text())
    facts = manifest["facts"]["services"]["governance"]
    modes = {path.stat().st_mode & 0o777 for path in made.rglob("*") if path.is_file()}
    folders = {path.stat().st_mode & 0o777 for path in (made, *made.rglob("*")) if path.is_dir()}
    assert (facts["position"], facts["rows"]["event_log"], facts["revision"]) == (2, 2, newest)
    assert set(manifest["files"]) == {f"stores/{name}/store.db" for name in manifest["facts"]["services"]}
    assert (modes, folders) == ({0o600}, {0o700})


@pytest.mark.parametrize("keys", [False, True])
def test_the_data_folder_says_when_the_last_backup_of_everything_was_finished(home: Home, *, keys: bool) -> None:
    words, name = (["--keys"], "backup-keys.json") if keys else ([], "backup.json")
    home.back_up(*words, "--service", "governance")
    said_of_one = (home.data / name).exists()

    home.back_up(*words)

    said = json.loads((home.data / name).read_text())
    assert not said_of_one
    assert datetime.fromisoformat(said["finished_at"]).utcoffset() is not None
    assert said["bytes"] > 0
    assert said["seconds"] >= 0


def test_a_backup_that_fails_leaves_nothing_behind(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_source: Path, _place: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "_copy_tree", fail)

    ended = home.run("backup", home.target)

    assert (ended.exit_code, "No space left on device; nothing of it was kept" in ended.output) == (2, True)
    assert list(home.target.iterdir()) == []


def test_a_folder_of_backups_that_is_there_and_cannot_be_written_is_named(home: Home) -> None:
    refusal = home.refused("backup", "/sys")  # Nobody may write there, not even root.

    assert "/sys cannot be written: " in refusal
    assert "name a folder that may be, or let this user write there" in refusal


def test_what_a_kill_left_of_a_backup_is_taken_for_none_and_removed_by_the_next(home: Home) -> None:
    made = home.back_up()
    cut = home.target / f".draft-{made.name}"
    made.rename(cut)
    (cut / "manifest.json").unlink()

    refusal = home.refused("restore", cut)
    home.back_up()

    assert "is no whole backup" in refusal
    assert not cut.exists()


def test_while_a_backup_is_written_another_into_the_same_folder_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals: list[str] = []
    write: Callable[[Path, Path], None] = making._copy_tree

    def write_and_meet_another(source: Path, place: Path) -> None:
        if not refusals:
            refusals.append(home.refused("backup", home.target))
        write(source, place)

    monkeypatch.setattr(making, "_copy_tree", write_and_meet_another)
    home.back_up()

    assert "another command is writing into" in refusals[0]


def test_backups_that_are_older_than_they_are_kept_are_removed(home: Home) -> None:
    old, older = (home.back_up() for _ in range(2))
    old.rename(old.with_name("stores-20200102T000000.000000Z"))
    older.rename(older.with_name("stores-20200101T000000.000000Z"))

    made = home.back_up("--keep-days", "2")

    # The newest so many stay, however old: a clock that ran ahead for a night must not cost all of them.
    assert {path.name for path in home.target.iterdir()} == {made.name, "stores-20200102T000000.000000Z"}


def test_without_data_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    refusal = Home(tmp_path).refused("backup", tmp_path / "backups")

    assert "there is no data" in refusal


def test_no_consumer_is_ahead_of_its_publisher_in_snapshots_of_one_moment(tmp_path: Path) -> None:
    # What stands between the two makes time for the consumer to run ahead.
    names = ("publisher", *(f"other-{number}" for number in range(6)), "consumer")
    stores = {name: open_store(sqlite_url(tmp_path / f"{name}.db")) for name in names}
    for store in stores.values():
        KIT.create_all(store.engine)
    ended = threading.Event()

    def publish_and_consume() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            for name in ("publisher", "consumer"):
                with stores[name].write() as session:
                    session.execute(insert(checkpoint).values(source="s", partition=number, next=number))

    writing = threading.Thread(target=publish_and_consume)
    writing.start()
    try:
        seen = [counted(stores) for _ in range(ROUNDS)]
    finally:
        ended.set()
        writing.join()
        for store in stores.values():
            store.close()

    assert seen[-1]["consumer"] > 0
    assert [one for one in seen if one["consumer"] > one["publisher"]] == []


def counted(stores: dict[str, Store]) -> dict[str, int]:
    """Return how many numbers each store holds, as of one moment."""
    with snapshots_of_one_moment(stores) as snapshots:
        return {name: snapshot.count_rows()["checkpoint"] for name, snapshot in snapshots.items()}
