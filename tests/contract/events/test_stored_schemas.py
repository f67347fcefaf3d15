"""The stored schemas are those of the classes, and only ever grow."""

from collections import Counter
from pathlib import Path

import pytest

from shared.events.contract.__main__ import CATALOGUE, main
from shared.events.contract.catalogue import catalogue
from shared.events.contract.classes import event_classes, schema_of, stem_of
from shared.events.contract.compatibility import breaking_changes
from shared.events.contract.shelf import Shelf
from shared.events.envelope import Event
from tests.contract.events.shapes import event_with

FIRST = event_with(points=(int, ...))
GROWN = event_with(points=(int, ...), reason=(str | None, None))
BREAKING = {
    "a field that is gone": event_with(),
    "a field of another type": event_with(points=(str, ...)),
    "a field that may now be absent": event_with(points=(int, 0)),
    "a new field that must be there": event_with(points=(int, ...), reason=(str, ...)),
    "an event that is no longer published": event_with(internal=True, points=(int, ...)),
}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Return a shelf that holds the first revision of one event."""
    made = Shelf(tmp_path / "schemas")
    made.add(FIRST)
    return made


def test_the_present_shape_of_every_event_is_stored() -> None:
    assert [stem_of(event) for event in Shelf().missing(event_classes())] == []


def test_no_event_changed_in_a_way_that_breaks_readers() -> None:
    assert Shelf().refusals(event_classes()) == []


def test_no_stored_schema_was_edited() -> None:
    assert Shelf().edited() == []


def test_the_catalogue_is_what_the_classes_say() -> None:
    assert CATALOGUE.read_text(encoding="utf-8") == catalogue(event_classes())


def test_no_two_events_share_a_name_and_version() -> None:
    stems = Counter(stem_of(event) for event in event_classes())

    assert [stem for stem, count in stems.items() if count > 1] == []


def test_a_field_that_may_be_absent_adds_a_revision(shelf: Shelf, tmp_path: Path) -> None:
    status = main("write", [GROWN], shelf, tmp_path / "events.md")

    assert status == 0
    assert shelf.revisions("sample-told.v1") == [schema_of(FIRST), schema_of(GROWN)]
    assert shelf.edited() == []


@pytest.mark.parametrize("changed", BREAKING.values(), ids=BREAKING.keys())
def test_a_breaking_change_is_refused(changed: type[Event], shelf: Shelf, tmp_path: Path) -> None:
    status = main("write", [changed], shelf, tmp_path / "events.md")

    assert status == 1
    assert breaking_changes(schema_of(FIRST), schema_of(changed)) != []
    assert shelf.revisions("sample-told.v1") == [schema_of(FIRST)]


def test_an_event_whose_class_is_gone_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    assert main("write", [], shelf, tmp_path / "events.md") == 1


@pytest.mark.parametrize("command", ["write", "check"])
def test_a_stored_schema_that_was_edited_is_named(
    command: str, shelf: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = shelf.folder / "sample-told.v1.r1.json"
    stored.write_text(stored.read_text().replace("integer", "number"))

    status = main(command, [FIRST], shelf, tmp_path / "events.md")

    assert status == 1
    assert "sample-told.v1.r1.json: not as it was stored" in capsys.readouterr().err


def test_a_schema_put_there_by_hand_is_named(shelf: Shelf) -> None:
    (shelf.folder / "sample-told.v1.r2.json").write_text("{}")

    assert shelf.edited() == ["sample-told.v1.r2.json"]


def test_a_shape_that_is_not_stored_fails_the_check(
    shelf: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main("check", [GROWN], shelf, tmp_path / "events.md")

    assert status == 1
    assert "sample-told.v1: its present shape is not stored" in capsys.readouterr().err


def test_a_better_sentence_changes_no_schema() -> None:
    reworded = event_with(points=(int, ...))
    reworded.__doc__ = "Said better."

    assert schema_of(reworded) == schema_of(FIRST)
