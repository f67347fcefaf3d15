"""A backup is taken while riders and staff go on; put back elsewhere, what was accepted before it is there, once."""

from collections import Counter
from pathlib import Path

import pytest

from cheqi.stores import stores_of
from tests.e2e import kill_checks as checks
from tests.e2e.kill_load import Giver, Made, Record
from tests.e2e.kill_people import People, settle_in
from tests.e2e.kill_process import Process

RIDERS, BEFORE, MEANWHILE, PATIENCE_S = 3, 60, 20, 60


@pytest.mark.timeout(300)
def test_what_was_accepted_before_a_backup_under_load_is_there_once_after_all_was_put_back(tmp_path: Path) -> None:
    process, record = Process(tmp_path), Record()
    process.start()
    try:
        process.wait_until_ready()
        people = settle_in(process, RIDERS)
        accepted = back_up_under_load(process, people, record, tmp_path / "backups")
    finally:
        process.end()

    stores, keys = (next((tmp_path / "backups").glob(f"{kind}-*")) for kind in ("stores", "keys"))
    assert_nothing_personal(process, stores)
    elsewhere = put_back_elsewhere(process, tmp_path / "elsewhere", (keys, stores))
    elsewhere.start()
    try:
        elsewhere.wait_until_ready()
        checks.wait_until_quiet(elsewhere.address)
        found = checks.listed(elsewhere.address, people.administrator)
    finally:
        elsewhere.end()
    audit = elsewhere.run("audit")

    assert (audit.returncode, audit.stderr) == (0, ""), audit.stdout
    for kind, ids in found.items():
        listed = Counter(ids)
        assert {made.id for made in accepted if made.kind == kind} <= listed.keys(), f"missing: {kind}"
        assert set(listed.values()) == {1}, kind


def back_up_under_load(process: Process, people: People, record: Record, target: Path) -> list[Made]:
    """Back up stores and keys while commands are given; return what was accepted before."""
    givers = [Giver(process.address, people, number, 20261127, record) for number in range(RIDERS)]
    for giver in givers:
        giver.start()
    try:
        assert record.wait_for(BEFORE, PATIENCE_S)
        accepted = list(record.made)
        made = [process.run("backup", str(target), *words) for words in ((), ("--keys",))]
        meanwhile = len(record.made) - len(accepted)
        assert record.wait_for(MEANWHILE, PATIENCE_S)
    finally:
        for giver in givers:
            giver.stop()
    for giver in givers:
        giver.join()
    assert [one.returncode for one in made] == [0, 0], [one.stderr for one in made]
    assert meanwhile > 0
    return accepted


def put_back_elsewhere(process: Process, folder: Path, backups: tuple[Path, ...]) -> Process:
    """Put backups back into an empty folder."""
    folder.mkdir()
    elsewhere = Process(folder, process.settings.model_copy(update={"data": folder / "data"}))
    for backup in backups:
        done = elsewhere.run("restore", str(backup))
        assert done.returncode == 0, done.stderr
    return elsewhere


def assert_nothing_personal(process: Process, stores: Path) -> None:
    """No phone in clear, no rider's key and no secret stands in a backup of stores."""
    content = b"".join(path.read_bytes() for path in sorted(stores.rglob("*")) if path.is_file())
    assert b"13800000" not in content
    assert "井盖".encode() not in content
    for secret in secrets_of(process):
        assert secret not in content


def secrets_of(process: Process) -> list[bytes]:
    """Return the wrapped keys of riders and the secrets of the data folder, as bytes and as they are written."""
    found = [path.read_bytes().strip() for path in (process.settings.data / "keys").rglob("*.key")]
    stores = stores_of(process.settings)
    for service in ("registration", "governance"):
        box = stores.key_box(service)
        found += [key for key in box.list_all().values() if key is not None]
        box.close()
    assert len(found) > RIDERS
    return [*found, *(one.hex().encode() for one in found)]
