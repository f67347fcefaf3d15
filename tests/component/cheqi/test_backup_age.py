"""The last complete backup is as old as the file in the data folder says; where it says nothing, no age is told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cheqi.backup_age import STATES, backup_age_s
from tests.moments import NOON

TO_COME = '{"finished_at": "2027-09-18T12:00:00Z"}'


@pytest.mark.parametrize(
    "written", ["2026-09-18T12:00:00Z", "2026-09-18T20:00:00+08:00", "2026-09-18T12:00:00.000000+00:00"]
)
@pytest.mark.parametrize("older", STATES)
def test_a_backup_is_as_old_as_the_end_of_the_older_of_its_halves(tmp_path: Path, written: str, older: str) -> None:
    for kind, state in STATES.items():
        finished = written if kind == older else "2026-09-18T13:00:00Z"
        (tmp_path / state).write_text(f'{{"finished_at": "{finished}", "seconds": 3.5, "bytes": 4096}}')

    assert backup_age_s(tmp_path, datetime(2026, 9, 18, 14, tzinfo=UTC)) == 7200


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", "{}", '{"finished_at": 7}', '{"finished_at": "yesterday"}', TO_COME]
)
@pytest.mark.parametrize("missing", STATES)
def test_where_no_backup_is_told_of_there_is_no_age(tmp_path: Path, content: str | None, missing: str) -> None:
    for kind, state in STATES.items():
        said = content if kind == missing else '{"finished_at": "2026-09-18T03:00:00Z"}'
        if said is not None:
            (tmp_path / state).write_text(said)

    assert backup_age_s(tmp_path, NOON) is None
