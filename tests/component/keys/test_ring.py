"""What is sealed opens under the rider's key in its own place, and never again once that key is destroyed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.errors import ConfigurationError
from shared.keys.box import FileKeyBox, MemoryKeyBox
from shared.keys.ring import KeyBox, KeyDestroyedError, KeyRing, TransactionRing

MASTER = b"m" * 32


@pytest.fixture(params=["file", "memory"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyBox]:
    if request.param == "memory":
        yield MemoryKeyBox()
        return
    kept = FileKeyBox(tmp_path / "keys.db")
    yield kept
    kept.close()


def test_text_opens_as_it_was_sealed(box: KeyBox) -> None:
    sealed = KeyRing(MASTER, box).seal_text("r1", "hazard.words/h1", "电动车起火")

    assert "起火".encode() not in sealed
    assert KeyRing(MASTER, box).open_text("r1", "hazard.words/h1", sealed) == "电动车起火"


@pytest.mark.parametrize(("rider", "place"), [("r2", "hazard.words/h1"), ("r1", "hazard.words/h2")])
def test_what_was_moved_does_not_open(box: KeyBox, rider: str, place: str) -> None:
    ring = KeyRing(MASTER, box)
    sealed = ring.seal_text("r1", "hazard.words/h1", "words")

    with pytest.raises(ValueError, match="altered, moved"):
        ring.open_text(rider, place, sealed)


def test_altered_bytes_do_not_open(box: KeyBox) -> None:
    ring = KeyRing(MASTER, box)
    sealed = bytearray(ring.seal_text("r1", "note", "words"))
    sealed[-1] ^= 1

    with pytest.raises(ValueError, match="altered"):
        ring.open_text("r1", "note", bytes(sealed))


def test_another_master_key_opens_nothing(box: KeyBox) -> None:
    sealed = KeyRing(MASTER, box).seal_text("r1", "note", "words")

    with pytest.raises(ValueError, match="another key"):
        KeyRing(b"n" * 32, box).open_text("r1", "note", sealed)


def test_a_master_key_that_did_not_wrap_what_is_kept_is_refused(box: KeyBox) -> None:
    other = KeyRing(b"n" * 32, box)
    other.refuse_other_master("governance")
    KeyRing(MASTER, box).seal_text("r1", "note", "words")

    KeyRing(MASTER, box).refuse_other_master("governance")
    with pytest.raises(ConfigurationError, match="rider keys of governance were wrapped by another master key"):
        other.refuse_other_master("governance")
    KeyRing(MASTER, box).destroy("r1")
    other.refuse_other_master("governance")


def test_a_box_tells_of_many_riders_at_once(box: KeyBox) -> None:
    ring = KeyRing(MASTER, box)
    for rider in ("r1", "r2"):
        ring.seal_text(rider, "note", "words")
    ring.destroy("r2")

    assert box.find_all(["r1", "r2", "r3"]) == {"r1": box.find("r1"), "r2": None}
    assert box.find_all([]) == {}


def test_a_ring_opens_what_keys_sealed_that_were_looked_up_before_and_asks_for_none_again(box: KeyBox) -> None:
    ring, spent = KeyRing(MASTER, box), TransactionRing(KeyRing(MASTER, box))
    sealed = {rider: ring.seal_text(rider, "note", f"words of {rider}") for rider in ("r1", "r2")}
    KeyRing(MASTER, box).destroy("r2")

    spent.look_up(["r1", "r2"])
    box.destroy("r1")

    assert spent.open_text("r1", "note", sealed["r1"]) == "words of r1"
    with pytest.raises(KeyDestroyedError):
        spent.open_text("r2", "note", sealed["r2"])
    spent.destroy("r1")
    with pytest.raises(KeyDestroyedError):
        spent.open_text("r1", "note", sealed["r1"])


def test_keys_that_were_lost_are_refused_and_those_that_were_destroyed_are_not(box: KeyBox) -> None:
    ring = KeyRing(MASTER, box)
    with pytest.raises(ConfigurationError, match="store of governance holds what rider keys sealed"):
        ring.refuse_lost_keys("governance", lambda: True)

    ring.seal_text("r1", "note", "words")
    ring.refuse_lost_keys("governance", lambda: True)
    ring.destroy("r1")
    ring.refuse_lost_keys("governance", lambda: True)


def test_a_destroyed_key_opens_nothing_and_is_not_made_again(box: KeyBox) -> None:
    ring = KeyRing(MASTER, box)
    sealed = ring.seal_text("r1", "note", "words")

    ring.destroy("r1")

    with pytest.raises(KeyDestroyedError):
        ring.open_text("r1", "note", sealed)
    with pytest.raises(KeyDestroyedError):
        ring.seal_text("r1", "note", "new words")


def test_a_rider_who_never_had_a_key_can_be_destroyed(box: KeyBox) -> None:
    ring = KeyRing(MASTER, box)

    ring.destroy("r1")

    with pytest.raises(KeyDestroyedError):
        ring.seal_text("r1", "note", "words")


def test_two_that_make_a_key_at_once_end_with_the_same(box: KeyBox) -> None:
    one, other = KeyRing(MASTER, box), KeyRing(MASTER, box)
    first, second = one.seal_text("r1", "note", "a"), other.seal_text("r1", "note", "b")

    assert (other.open_text("r1", "note", first), one.open_text("r1", "note", second)) == ("a", "b")


def test_only_the_owner_may_read_the_file_and_nothing_in_it_is_plain(tmp_path: Path) -> None:
    path = tmp_path / "keys.db"
    KeyRing(MASTER, FileKeyBox(path)).seal_text("r1", "note", "words")

    assert path.stat().st_mode & 0o077 == 0
    assert MASTER not in path.read_bytes()


def test_no_file_holds_a_destroyed_key_while_the_box_is_open(tmp_path: Path) -> None:
    box = FileKeyBox(tmp_path / "keys.db")
    KeyRing(MASTER, box).seal_text("r1", "note", "words")
    wrapped = box.find("r1")
    assert wrapped is not None
    assert wrapped in b"".join(path.read_bytes() for path in tmp_path.iterdir())

    box.destroy("r1")

    assert wrapped not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    box.close()


def test_a_digest_is_the_same_under_one_master_key_and_another_under_another() -> None:
    one, again, other = (KeyRing(key, MemoryKeyBox()).digest(b"words") for key in (MASTER, MASTER, b"n" * 32))

    assert one == again != other
