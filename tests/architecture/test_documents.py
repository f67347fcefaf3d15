"""What is to be read fits what a reader will read: a service's README one screen, a decision record one page."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, services

README_LINES_MAX = 60
DECISION_LINES_MAX = 60


def longer_than(limit: int, paths: Sequence[Path]) -> list[str]:
    """Return the documents that have more lines than they may."""
    return [path.name for path in paths if len(path.read_text(encoding="utf-8").splitlines()) > limit]


@pytest.mark.parametrize("service", services())
def test_a_service_has_a_readme_of_one_screen(service: str) -> None:
    readme = ROOT / "services" / service / "README.md"

    assert readme.exists()
    assert longer_than(README_LINES_MAX, [readme]) == []


def test_a_decision_record_fits_a_page() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))

    assert records
    assert longer_than(DECISION_LINES_MAX, records) == []


def test_decision_records_are_numbered_without_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "adr").glob("*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))


def test_a_document_that_is_too_long_is_seen(tmp_path: Path) -> None:
    short, long = tmp_path / "short.md", tmp_path / "long.md"
    short.write_text("line\n" * 60)
    long.write_text("line\n" * 61)

    assert longer_than(60, [short, long]) == ["long.md"]
