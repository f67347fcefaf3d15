"""Where photos are kept: the same promises in a folder and in memory."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.errors import ConfigurationError
from shared.photos.store import PhotoStore, photos_in_folder, photos_in_memory

MAKERS: dict[str, Callable[[Path], PhotoStore]] = {
    "folder": lambda path: photos_in_folder(path / "photos"),
    "memory": lambda _path: photos_in_memory(),
}


@pytest.fixture(params=MAKERS)
def photos(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    """Return an empty store of each sort."""
    return MAKERS[request.param](tmp_path)


def test_what_was_kept_is_returned_byte_for_byte(photos: PhotoStore) -> None:
    content = bytes(range(256)) * 1000

    photos.put("2026-09-18/one", content)

    assert photos.get("2026-09-18/one") == content


def test_a_key_kept_again_holds_the_new_bytes(photos: PhotoStore) -> None:
    photos.put("2026-09-18/one", b"first")

    photos.put("2026-09-18/one", b"second")

    assert photos.get("2026-09-18/one") == b"second"


def test_a_missing_key_is_said_to_be_missing(photos: PhotoStore) -> None:
    with pytest.raises(FileNotFoundError):
        photos.get("2026-09-18/one")


def test_a_deleted_key_is_gone_and_deleting_it_again_does_no_harm(photos: PhotoStore) -> None:
    photos.put("2026-09-18/one", b"first")

    photos.delete("2026-09-18/one")
    photos.delete("2026-09-18/one")

    assert photos.keys("2026-09-18") == []


def test_a_folder_lists_its_own_keys_in_order(photos: PhotoStore) -> None:
    for key in ("2026-09-18/two", "2026-09-18/one", "2026-09-19/three", "2026-09-181/four"):
        photos.put(key, b"photo")

    assert photos.keys("2026-09-18") == ["2026-09-18/one", "2026-09-18/two"]
    assert photos.keys("2026-09-20") == []


def test_only_its_owner_may_enter_the_folder(tmp_path: Path) -> None:
    photos_in_folder(tmp_path / "photos")

    assert (tmp_path / "photos").stat().st_mode & 0o777 == 0o700


def test_what_was_kept_is_there_when_the_folder_is_opened_again(tmp_path: Path) -> None:
    photos_in_folder(tmp_path).put("2026-09-18/one", b"photo")

    assert photos_in_folder(tmp_path).get("2026-09-18/one") == b"photo"


def test_a_key_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    photos = photos_in_folder(tmp_path / "photos")

    with pytest.raises(ValueError, match="illegal"):
        photos.put("../outside", b"photo")

    assert not (tmp_path / "outside").exists()


def test_a_failing_disk_is_told_as_one(tmp_path: Path) -> None:
    photos = photos_in_folder(tmp_path / "photos")
    (tmp_path / "photos" / "2026-09-18").write_text("a file where a folder should be")

    with pytest.raises(OSError, match="room"):
        photos.put("2026-09-18/one", b"photo")


@pytest.mark.parametrize("folder", ["/dev/null", "/sys/photos", "/proc/self/task"])
def test_a_folder_that_cannot_be_made_or_kept_from_others_is_named_with_what_to_do(folder: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{folder} cannot hold photos: [A-Z].*let this user write there"):
        photos_in_folder(Path(folder))  # Not even root can write there, or change its mode.


def test_what_is_kept_has_reached_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    photos_in_folder(tmp_path).put("2026-09-18/one", b"photo")

    assert synced == [str(tmp_path / "2026-09-18" / "one"), str(tmp_path / "2026-09-18"), str(tmp_path)]
