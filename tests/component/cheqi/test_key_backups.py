"""Backups of keys: by themselves, for 30 days, and never a way back for a key that was destroyed."""

import json
import shutil
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cheqi.stores import stores_of
from shared.clock import SystemClock
from shared.errors import ConfigurationError
from shared.events.registration import RiderErasedV1
from shared.keys.ring import KeyDestroyedError
from shared.messaging import emit
from shared.messaging.cause import of_system
from tests.component.cheqi.restoring import SUBDISTRICT, Home


def test_no_backup_of_stores_holds_keys(home: Home) -> None:
    home.tell("h1")

    stores = home.back_up()

    kept = b"".join(path.read_bytes() for path in stores.rglob("*") if path.is_file())
    assert b"h1" in kept
    for secret in secrets_of(home):
        assert secret not in kept


def test_a_destroyed_key_stays_destroyed_when_older_keys_are_put_back(home: Home) -> None:
    keys = home.back_up("--keys")
    with home.opened() as house:
        house.nodes["governance"].keys.destroy("r1")

    home.done("restore", keys)

    with home.opened() as house:
        house.nodes["governance"].keys.seal_text("r2", "words", "other words")
        with pytest.raises(KeyDestroyedError):
            house.nodes["governance"].keys.seal_text("r1", "words", "other words")


def test_a_key_that_the_store_knows_as_destroyed_is_not_put_back_into_a_box_that_was_lost(home: Home) -> None:
    keys = home.back_up("--keys")
    erase(home, "r1")
    (home.data / "keys" / "governance.db").unlink()

    home.done("restore", keys)

    assert living_keys(home) == {"r2"}
    assert ("erased-key-remains", "r1") not in home.findings()


def test_stores_that_are_put_back_destroy_the_keys_of_whom_they_know_as_erased(home: Home) -> None:
    keys = home.back_up("--keys")
    erase(home, "r1")
    stores = home.back_up()
    home.lose_everything()

    home.done("restore", keys)
    older_box = living_keys(home)
    home.done("restore", stores)

    assert older_box == {"r1", "r2"}
    assert living_keys(home) == {"r2"}


def test_the_audit_names_the_key_of_an_erased_rider(home: Home) -> None:
    box = home.data / "keys" / "governance.db"
    before = box.read_bytes()
    erase(home, "r1")
    gone = home.findings()

    box.write_bytes(before)

    assert [one for one in home.findings() if one not in gone] == [("erased-key-remains", "r1")]


def erase(home: Home, rider_id: str) -> None:
    """Let registration tell that a rider was erased, and everybody hear of it."""
    with home.opened() as house, house.nodes["registration"].transaction(of_system(SystemClock().now())) as session:
        emit(session, RiderErasedV1(subdistrict=SUBDISTRICT, rider_id=rider_id))


def living_keys(home: Home) -> set[str]:
    """Return whose keys stand in governance's box."""
    with closing(stores_of(home.settings)) as stores, closing(stores.key_box("governance")) as box:
        return {rider_id for rider_id, wrapped in box.list_all().items() if wrapped is not None}


def test_keys_that_are_put_back_open_what_they_sealed(home: Home) -> None:
    with home.opened() as house:
        sealed = house.nodes["governance"].keys.seal_text("r1", "words", "secret words")
    keys = home.back_up("--keys")
    home.lose_everything()

    home.done("restore", keys)

    with home.opened() as house:
        assert house.nodes["governance"].keys.open_text("r1", "words", sealed) == "secret words"


def test_the_keys_of_one_service_are_backed_up_and_put_back_alone(home: Home) -> None:
    keys = home.back_up("--keys", "--service", "governance")
    home.lose_everything()

    said = home.done("restore", keys, "--json")

    assert json.loads(said) == [{"service": "governance", "keys": 2}]


def test_how_long_keys_are_kept_cannot_be_chosen(home: Home) -> None:
    refusal = home.refused("backup", home.target, "--keys", "--keep-days", "90")

    assert "kept for 30 days" in refusal


def test_key_backups_are_removed_after_thirty_days(home: Home) -> None:
    kept, gone = (aged(home.back_up("--keys"), day) for day in ("29", "31"))
    stores = aged(home.back_up(), "400")

    made = home.back_up("--keys")

    assert {path.name for path in home.target.iterdir()} == {kept.name, stores.name, made.name}
    assert gone.name not in {path.name for path in home.target.iterdir()}


def test_a_key_backup_that_was_removed_in_part_or_is_damaged_does_not_stay(home: Home) -> None:
    made = [home.back_up("--keys") for _ in range(2)]
    in_part, damaged = (aged(one, "31") for one in made)
    (in_part / "manifest.json").unlink()
    (damaged / "manifest.json").write_text("{")

    newest = home.back_up("--keys")

    assert [path.name for path in home.target.iterdir()] == [newest.name]


def test_a_backup_of_keys_that_fails_to_read_them_removes_no_older_one(home: Home) -> None:
    old = aged(home.back_up("--keys"), "31")
    box = home.data / "keys" / "governance.db"
    box.write_bytes(b"no database any more")

    failed = home.run("backup", home.target, "--keys")

    assert failed.exit_code != 0
    assert old.exists()


def aged(backup: Path, days: str) -> Path:
    """Let a backup have been taken so many days ago."""
    said = json.loads((backup / "manifest.json").read_text())
    taken = datetime.fromisoformat(said["taken_at"]) - timedelta(days=int(days))
    (backup / "manifest.json").write_text(json.dumps(said | {"taken_at": taken.isoformat()}))
    return backup.rename(backup.with_name(f"{said['kind']}-{taken:%Y%m%dT%H%M%S.%fZ}"))


def test_services_whose_secrets_were_lost_do_not_start_on_new_ones(tmp_path: Path) -> None:
    home = Home(tmp_path, apart=True)
    home.done("secrets")
    with home.opened() as house:
        house.nodes["governance"].keys.seal_text("r1", "words", "secret words")
    (tmp_path / "secrets" / "governance" / "master.key").unlink()
    home.done("secrets")

    with home.opened() as house, pytest.raises(ConfigurationError, match="rider keys of governance were wrapped"):
        house.start()


def test_services_with_folders_of_their_own_are_put_back_into_those(tmp_path: Path) -> None:
    home = Home(tmp_path, apart=True)
    home.done("secrets")
    home.tell("h1")
    master_keys = {path.parent.name: path.read_text() for path in tmp_path.glob("secrets/*/master.key")}
    keys, stores = home.back_up("--keys"), home.back_up()
    for lost in ("data", "secrets"):
        shutil.rmtree(tmp_path / lost)

    refused = home.refused("restore", stores)
    home.done("restore", keys)
    home.done("restore", stores)

    assert "put the keys back first" in refused
    assert {path.parent.name: path.read_text() for path in tmp_path.glob("secrets/*/master.key")} == master_keys
    assert len(set(master_keys.values())) == len(master_keys) == 5
    assert all((tmp_path / "data" / name / f"{name}.db").exists() for name in master_keys)
    home.done("audit")


def test_secrets_are_taken_from_a_backup_where_they_are_missing(tmp_path: Path) -> None:
    home = Home(tmp_path, apart=True)
    home.done("secrets")
    keys = home.back_up("--keys")
    secrets, before = tmp_path / "secrets", contents_of(tmp_path / "secrets")
    shutil.rmtree(secrets)
    (keys / "secrets" / "rewards" / "voucher-codes.key").rename(tmp_path / "kept")

    damaged = home.refused("secrets", "--from", keys)
    nothing_made = not contents_of(secrets)
    (tmp_path / "kept").rename(keys / "secrets" / "rewards" / "voucher-codes.key")
    home.done("secrets", "--from", keys)
    (secrets / "rewards" / "master.key").write_text("another")
    refused = home.refused("secrets", "--from", keys)

    assert "voucher-codes.key is missing or damaged" in damaged
    assert nothing_made
    assert contents_of(secrets) == before | {secrets / "rewards" / "master.key": "another"}
    assert "put keys back into folders in which nothing was started yet" in refused


def test_secrets_that_were_replaced_since_stand_when_older_keys_are_put_back(tmp_path: Path) -> None:
    home = Home(tmp_path, apart=True)
    home.done("secrets")
    keys, secrets = home.back_up("--keys"), tmp_path / "secrets"
    (secrets / "rewards" / "clients" / "rewards.secret").unlink()
    (secrets / "registration" / "registration.json").unlink()
    home.done("secrets")
    before = contents_of(secrets)
    (secrets / "rewards" / "voucher-codes.key").unlink()

    home.done("restore", keys)

    assert contents_of(secrets) == before


@pytest.mark.parametrize("name", ["governance/master.key", "registration/registration.pepper"])
def test_a_key_that_lasts_is_never_left_beside_another_backup(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path, apart=True)
    home.done("secrets")
    keys = home.back_up("--keys")
    (tmp_path / "secrets" / name).write_text("another")

    for refused in (home.refused("restore", keys), home.refused("secrets", "--from", keys)):
        assert f"{tmp_path / 'secrets' / name} differs from {keys / 'secrets' / name}" in refused
        assert (
            f"If `cheqi secrets` made it since the former one was lost, remove {tmp_path / 'secrets' / name}" in refused
        )


def test_secrets_that_cannot_be_written_are_told_with_what_to_do(tmp_path: Path) -> None:
    home = Home(tmp_path, apart=True)
    home.done("secrets")
    keys = home.back_up("--keys")
    home.variables["CHEQI_SECRETS"] = "/sys/{service}"  # Nobody may write there, not even root.

    refused = home.refused("restore", keys)

    assert "/sys/registration cannot take the secrets that it lacks" in refused
    assert "cheqi secrets --from" in refused


def contents_of(folder: Path) -> dict[Path, str]:
    """Return what each file below a folder says."""
    return {path: path.read_text() for path in folder.rglob("*") if path.is_file()}


def secrets_of(home: Home) -> list[bytes]:
    """Return every key and secret, as its bytes and as they are written."""
    with home.opened() as house:
        box = house.assembly.stores.key_box("governance")
        wrapped = [key for key in box.list_all().values() if key is not None]
        box.close()
    files = [path.read_bytes() for path in (home.data / "keys").rglob("*") if path.suffix in (".key", ".secret")]
    found = [
        *wrapped,
        *(key.hex().encode() for key in wrapped),
        *files,
        *(bytes.fromhex(one.decode()) for one in files),
    ]
    assert len(found) > 10
    return found
