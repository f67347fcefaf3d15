"""Archiving that is killed at any moment loses nothing, and goes on when it is started again."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.messaging.history import attach
from shared.messaging.month_files import MonthFiles
from tests.component.messaging.conftest import Kit
from tests.component.messaging.year import IN_OCTOBER, Year, verified, year_of

STEPS_A_MONTH = 14
MOMENTS = range(2 * STEPS_A_MONTH)


class KilledError(BaseException):
    """The process ends here: nothing may catch it and go on."""


class Killer:
    """Ends the process before or after one of the steps that last: a file synced, a file named, a commit."""

    def __init__(self, moment: int | None) -> None:
        self._moment, self.passed = moment, 0

    def around(self, step: Callable[..., Any]) -> Callable[..., Any]:
        """Return the step with a moment before and one after it."""

        def killed(*args: Any) -> Any:
            self._pass()
            answer = step(*args)
            self._pass()
            return answer

        return killed

    def _pass(self) -> None:
        self.passed += 1
        if self._moment is not None and self.passed == self._moment + 1:
            raise KilledError


@pytest.fixture
def year(kit: Kit, tmp_path: Path) -> Year:
    """Return a small log of two months."""
    return year_of(kit, tmp_path / "archive", counts=(5, 3))


def archive_under(killer: Killer, year: Year) -> None:
    """Archive all of it in a process that ends at the killer's moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", killer.around(os.fsync))
        patch.setattr(Path, "replace", killer.around(Path.replace))
        patch.setattr(year.kit.store, "commit", killer.around(year.kit.store.commit))
        year.archive("2026-11")


def start_again(year: Year) -> None:
    """Let a new process open the same archive."""
    year.files, year.moved = MonthFiles(year.files.folder), []
    attach(year.kit.store, year.files)


def test_the_moments_are_all_there_are(year: Year) -> None:
    unhurt = Killer(None)

    archive_under(unhurt, year)

    assert unhurt.passed == len(MOMENTS)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_at_any_moment_loses_nothing_and_the_next_start_goes_on(year: Year, moment: int) -> None:
    before = year.pages()
    with pytest.raises(KilledError):
        archive_under(Killer(moment), year)
    start_again(year)
    after_kill = (year.pages(), year.breaks())

    year.tell(IN_OCTOBER, verified("late"))
    year.send()
    year.archive("2026-12")

    assert after_kill == (before, [])
    assert (year.pages()[:-1], year.breaks()) == (before, [])
    assert len(year.of_subject("late")) == 1
    assert max(year.rows(), default=9) == 9
    assert all(path.suffixes in ([".json"], [".jsonl", ".gz"]) for path in year.files.folder.iterdir())
