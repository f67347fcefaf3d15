"""An archive that was altered, cut or exchanged is found, and nothing is deleted on its account."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from shared.messaging.month_files import ArchiveError, MonthFiles
from shared.messaging.seal import GENESIS, is_sealed, read_wire, seal_of
from shared.messaging.tables import archived_event, archived_month, event_log
from tests.component.messaging.conftest import Kit
from tests.component.messaging.test_archive_killed import KilledError, Killer, archive_under, start_again
from tests.component.messaging.year import Year, year_of

AFTER_FIRST_MANIFEST = 12
SEPTEMBER = "2026-09"


@pytest.fixture
def year(kit: Kit, tmp_path: Path) -> Year:
    """Return a small log of three months."""
    return year_of(kit, tmp_path / "archive", counts=(5, 3, 2))


def lines_of(year: Year) -> list[str]:
    """Return the lines of September's file."""
    return gzip.decompress(year.files.events_path(SEPTEMBER).read_bytes()).decode().splitlines()


def put(year: Year, lines: list[str]) -> None:
    """Put other lines into September's file, and a manifest that says that they belong there."""
    manifest = MonthFiles(year.files.folder).write_events(SEPTEMBER, lines)
    year.files.write_manifest(manifest)
    with year.kit.store.write() as session:
        session.execute(
            update(archived_month).where(archived_month.c.month == SEPTEMBER).values(sha256=manifest.sha256)
        )
    start_again(year)


def reworded(lines: list[str]) -> list[str]:
    """Return the lines with another document in the third."""
    return [*lines[:2], lines[2].replace('"severity":"low"', '"severity":"high"'), *lines[3:]]


def resealed(lines: list[str]) -> list[str]:
    """Return such lines sealed anew from the third on, as its forger would."""
    last, forged = GENESIS, list[str]()
    for line in reworded(lines):
        document, numbers = read_wire(line)
        given = (numbers.previous, numbers.position, numbers.sequence)
        seal = seal_of(last, previous=given[0], position=given[1], sequence=given[2], document=document)
        forged.append(line.replace(numbers.seal, seal) if not is_sealed(last, document, numbers) else line)
        last = seal
    return forged


def flip_a_byte(path: Path) -> None:
    """Change one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def cut(path: Path) -> None:
    """Take the end of a file away."""
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize("damage", [flip_a_byte, cut, Path.unlink])
@pytest.mark.parametrize("file", ["2026-09.jsonl.gz", "2026-09.json"])
def test_a_damaged_file_is_named_by_the_audit_and_nobody_reads_past_it(
    year: Year, damage: Callable[[Path], None], file: str
) -> None:
    year.archive("2026-11")
    damage(year.files.folder / file)
    start_again(year)

    found = year.breaks()

    assert {one.code for one in found} <= {"archive-damaged", "archive-differs"}
    assert found[-1].subject == SEPTEMBER
    with pytest.raises(ArchiveError):
        year.pages()


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (reworded, {"seal-broken"}),
        (resealed, {"seal-broken", "archive-differs"}),
        (lambda lines: lines[:-1], {"archive-differs", "log-gap", "seal-broken"}),
    ],
)
def test_events_exchanged_with_checksums_made_anew_are_found_by_their_seals(
    year: Year, change: Callable[[list[str]], list[str]], codes: set[str]
) -> None:
    year.archive("2026-11")
    put(year, change(lines_of(year)))

    assert {one.code for one in year.breaks()} >= codes


def test_a_file_compressed_anew_is_found_by_its_checksum(year: Year) -> None:
    year.archive("2026-11")
    path = year.files.events_path(SEPTEMBER)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), compresslevel=1))

    assert [(one.code, one.subject) for one in year.breaks()] == [("archive-differs", SEPTEMBER)]


def test_an_id_that_is_no_longer_kept_is_found(year: Year) -> None:
    year.archive("2026-11")
    with year.kit.store.write() as session:
        session.execute(delete(archived_event).where(archived_event.c.position == 4))

    assert [one.subject for one in year.breaks()] == ["archived_event"]


def test_a_file_that_differs_from_the_table_deletes_nothing(year: Year) -> None:
    with pytest.raises(KilledError):
        archive_under(Killer(AFTER_FIRST_MANIFEST), year)
    year.files.write_manifest(year.files.write_events(SEPTEMBER, reworded(lines_of(year))))
    start_again(year)

    with pytest.raises(ArchiveError, match="nothing was deleted"):
        year.archive("2026-11")

    assert len(year.rows()) == 10


def test_a_log_that_was_altered_is_not_archived(year: Year) -> None:
    with year.kit.store.write() as session:
        third = event_log.c.position == 3
        session.execute(update(event_log).where(third).values(document=event_log.c.document + " "))

    with pytest.raises(ArchiveError, match="cheqi audit"):
        year.archive("2026-11")

    assert len(year.rows()) == 10
