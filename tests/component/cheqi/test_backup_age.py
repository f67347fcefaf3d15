"""The last complete backup is as old as the file in the data folder says; where it says nothing, no age is told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cheqi.backup_age import STATE, backup_age_s
from tests.moments import NOON


@pytest.mark.parametrize(
    "written", ["2026-09-18T12:00:00Z", "2026-09-18T20:00:00+08:00", "2026-09-18T12:00:00.000000+00:00"]
)
def test_a_backup_is_as_old_as_its_end(tmp_path: Path, written: str) -> None:
    (tmp_path / STATE).write_text(f'{{"finished_at": "{written}", "seconds": 3.5, "bytes": 4096}}')

    assert backup_age_s(tmp_path, datetime(2026, 9, 18, 14, tzinfo=UTC)) == 7200


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", '{"finished_at": 7}', '{"finished_at": "yesterday"}'])
def test_where_no_backup_is_told_of_there_is_no_age(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / STATE).write_text(content)

    assert backup_age_s(tmp_path, NOON) is None
