"""Months of a log move to files, and whoever reads the log reads on as before."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.clock import SettableClock
from shared.errors import ConfigurationError
from shared.events.governance import HazardPhotoStoredV1, HazardVerifiedV1
from shared.messaging.archive import MonthNotOverError, archive_log, month_of
from shared.messaging.bus import Run
from shared.messaging.history import enveloped_told, first_of_subject, seals_of
from shared.messaging.month_files import ArchiveError, Manifest
from shared.messaging.seal import read_wire
from shared.messaging.source import LogReader
from shared.messaging.sweep import Sweep
from shared.messaging.tables import archived_event, event_log, head
from tests.component.messaging.conftest import Kit
from tests.component.messaging.test_relay import ListBus, relay_of
from tests.component.messaging.year import (
    IN_DECEMBER,
    IN_NOVEMBER,
    IN_OCTOBER,
    IN_SEPTEMBER,
    Year,
    positions,
    verified,
    year_of,
)


@pytest.fixture
def year(kit: Kit, tmp_path: Path) -> Year:
    """Return a log of three months."""
    return year_of(kit, tmp_path / "archive")


def test_months_before_the_one_named_leave_the_table(year: Year) -> None:
    moved = year.archive("2026-11")

    assert moved == ["2026-09", "2026-10"]
    assert year.rows() == [254, 255]
    assert year.breaks() == []


def test_whoever_archives_the_same_log_meanwhile_is_refused_and_nothing_is_left_half_done(year: Year) -> None:
    refused = list[str]()

    def meanwhile(_manifest: Manifest) -> None:
        with pytest.raises(ConfigurationError) as second:
            year.archive("2026-12")
        refused.append(str(second.value))

    archive_log(year.kit.store, "2026-11", IN_DECEMBER, meanwhile)

    assert (
        refused
        == [f"another command is writing into {year.files.folder}; wait until it has ended, then run this one again"]
        * 2
    )
    assert (year.rows(), year.breaks()) == ([254, 255], [])
    assert year.archive("2026-12") == ["2026-11"]


def test_readers_read_the_same_bytes_as_before(year: Year) -> None:
    pages, subject = year.pages(), year.of_subject("h2")

    year.archive("2026-12")

    assert year.rows() == []
    assert year.pages() == pages
    assert year.of_subject("h2") == subject
    assert len(pages) == 252
    assert len(subject) == 26


def test_reading_begins_anywhere_in_the_archive(year: Year) -> None:
    year.archive("2026-12")

    read = [positions(LogReader(year.kit.store).after(position, 3)) for position in (99, 100, 198, 249, 253, 254)]

    assert read == [[100, 101, 102], [101, 102, 103], [199, 200, 201], [250, 251, 253], [254], []]


def test_a_file_holds_every_event_of_its_month_as_a_line_and_the_manifest_says_where_it_begins_and_ends(
    year: Year,
) -> None:
    year.archive("2026-10")

    lines = gzip.decompress(year.files.events_path("2026-09").read_bytes()).decode().splitlines()
    manifest = json.loads(year.files.manifest_path("2026-09").read_text())
    assert [json.loads(line)["position"] for line in lines] == list(range(1, 251))
    assert "sequence" not in json.loads(lines[1])
    assert (manifest["first_seal"], manifest["last_seal"]) == (
        json.loads(lines[0])["seal"],
        json.loads(lines[-1])["seal"],
    )
    assert (manifest["first_position"], manifest["last_position"]) == (1, 250)
    assert manifest["sha256"] == year.files.sha256("2026-09")


def test_an_event_that_is_not_sent_stays_and_so_does_all_above_it(year: Year) -> None:
    year.tell(IN_NOVEMBER, verified("h1"))
    relay_of(year.kit, ListBus()).number()

    year.archive("2026-12")

    assert year.rows() == [256]


def test_a_month_begins_at_midnight_in_the_district() -> None:
    assert month_of(datetime(2026, 9, 30, 15, 59, 59, tzinfo=UTC)) == "2026-09"
    assert month_of(datetime(2026, 9, 30, 16, 0, tzinfo=UTC)) == "2026-10"


def test_an_event_that_came_late_stands_with_those_that_it_came_among(year: Year) -> None:
    year.tell(IN_SEPTEMBER, verified("late"))
    year.tell(IN_DECEMBER, verified("h1"))
    year.send()

    moved = year.archive("2026-12")

    assert moved == ["2026-09", "2026-10", "2026-11"]
    assert year.moved[-1].last_position == 256


def test_an_event_that_came_after_its_month_was_archived_goes_to_the_next_file(year: Year) -> None:
    year.archive("2026-12")
    year.tell(IN_OCTOBER, verified("late"))
    year.send()

    again = year.archive("2026-12")
    next_year = year.archive("2027-01", now=datetime(2027, 1, 5, tzinfo=UTC))

    assert again == ["2026-09", "2026-10", "2026-11"]
    assert next_year == [*again, "2026-12"]
    assert year.breaks() == []


def test_the_month_that_runs_is_not_archived(year: Year) -> None:
    with pytest.raises(MonthNotOverError):
        year.archive("2027-01")

    assert year.archive("2026-12") == ["2026-09", "2026-10", "2026-11"]


def test_where_nothing_is_to_move_the_folder_is_left_alone(year: Year) -> None:
    assert year.archive("2026-09") == []

    assert not year.files.folder.exists()


def test_archiving_again_moves_nothing(year: Year) -> None:
    year.archive("2026-11")

    assert year.archive("2026-11") == ["2026-09", "2026-10"]


def test_an_archived_event_is_not_told_again(year: Year) -> None:
    year.tell(IN_SEPTEMBER, verified("erased"), HazardPhotoStoredV1(subdistrict="110108005", photo_id="p"), once="it")
    year.send()
    year.archive("2026-12")

    year.tell(IN_SEPTEMBER, verified("erased"), HazardPhotoStoredV1(subdistrict="110108005", photo_id="p"), once="it")
    year.tell(IN_SEPTEMBER, verified("erased"), once="another")
    year.send()

    assert len(year.of_subject("erased")) == 2
    assert year.rows() == [258]


def test_the_log_goes_on_behind_its_archive(year: Year) -> None:
    year.archive("2026-12")
    year.tell(IN_DECEMBER, verified("h1"))
    year.send()

    _document, numbers = read_wire(year.pages()[-1])
    before = read_wire(year.of_subject("h1")[-2])[1]
    assert (numbers.position, numbers.sequence, numbers.previous) == (256, (before.sequence or 0) + 1, before.seal)
    assert year.breaks() == []


def test_heads_stay_where_they_are(year: Year) -> None:
    before = year.kit.count(head)

    year.archive("2026-12")

    assert year.kit.count(head) == before == 10
    assert LogReader(year.kit.store).heads(0) != []
    assert year.kit.count(event_log) == 0
    assert year.kit.count(archived_event) == 255


def test_a_consumer_that_starts_late_is_brought_everything_by_the_sweep(year: Year) -> None:
    year.archive("2026-11")

    clock = SettableClock(datetime(2027, 1, 5, tzinfo=UTC))
    Sweep(year.kit.store, year.kit.consumer, {"governance": LogReader(year.kit.store)}, clock).round()

    assert len(year.kit.effects()) == 252


def test_a_consumer_that_has_everything_is_not_changed_by_a_replay(year: Year) -> None:
    year.archive("2026-12")
    for _ in range(2):
        year.kit.consumer.apply(Run("governance", tuple(year.pages())))

    assert len(year.kit.effects()) == 252


def test_what_was_told_is_enveloped_told_from_both(year: Year) -> None:
    year.archive("2026-11")

    with year.kit.store.read() as session:
        told = list(enveloped_told(session, HazardVerifiedV1))
        photos = [photo.photo_id for _, photo in enveloped_told(session, HazardPhotoStoredV1)]
        first, only = (first_of_subject(session, subject, HazardVerifiedV1) for subject in ("h2", "h1"))

    assert len(told) == 252
    assert photos == ["p9", "p10", "p11"]
    assert (first.hazard_id, only.hazard_id) == ("h2", "h1")


def test_a_subject_of_which_nothing_was_told_has_no_first_event(year: Year) -> None:
    year.archive("2026-11")

    with year.kit.store.read() as session, pytest.raises(LookupError):
        first_of_subject(session, "unheard of", HazardVerifiedV1)


def test_seals_are_those_of_the_events_wherever_these_stand(year: Year) -> None:
    year.archive("2026-11")
    numbers = [read_wire(wire)[1] for wire in year.of_subject("h2")]

    with year.kit.store.read() as session:
        seals = seals_of(session, [("h2", one.sequence or 0) for one in numbers] + [("h2", 999), ("h77", 1)])

    assert seals == {("h2", one.sequence): one.seal for one in numbers}


def test_a_process_without_the_archive_says_so_and_skips_nothing(year: Year) -> None:
    year.archive("2026-11")
    year.kit.store.info.clear()

    with pytest.raises(ArchiveError, match="no archive"):
        year.pages()
