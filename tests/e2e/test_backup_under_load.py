"""A backup is taken while riders and staff go on; put back elsewhere, what was accepted before it is there, once."""

from collections import Counter
from pathlib import Path

import pytest

from cheqi.stores import stores_of
from tests.e2e import kill_checks as checks
from tests.e2e.kill_load import Giver, Record, accepted_before
from tests.e2e.kill_people import settle_in
from tests.e2e.kill_process import Process

RIDERS, MEANWHILE = 3, 40


@pytest.mark.timeout(300)
def test_what_was_accepted_before_a_backup_under_load_is_there_once_after_all_was_put_back(tmp_path: Path) -> None:
    process, record = Process(tmp_path), Record()
    process.start()
    try:
        process.wait_until_ready()
        people = settle_in(process, RIDERS)
        givers = [Giver(process.address, people, number, 20261127, record) for number in range(RIDERS)]
        accepted = accepted_before(lambda: back_up(process, tmp_path / "backups"), givers, record, MEANWHILE)
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


def back_up(process: Process, target: Path) -> None:
    """Back up stores and keys."""
    for words in ((), ("--keys",)):
        done = process.run("backup", str(target), *words)
        assert done.returncode == 0, done.stderr


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
