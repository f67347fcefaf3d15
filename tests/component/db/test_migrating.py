"""Migrations run once, all or none, whoever else starts at the same time."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from shared.db.migrate import migrate, pending
from shared.db.store import sqlite_url
from shared.errors import ConfigurationError
from tests.component.db.ddl import ROOT

STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{number}", {previous!r}


def upgrade() -> None:
    op.create_table("t{number}", sa.Column("id", sa.Text(), primary_key=True))
    {then}
"""


class Package:
    """A package with migration steps, made for one test."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self.folder = name, folder
        self.versions = folder / name / "migrations" / "versions"
        self.versions.mkdir(parents=True)
        (folder / name / "__init__.py").touch()

    def add(self, number: str, previous: str | None, then: str = "pass") -> None:
        """Add a step that creates a table and then does one thing more."""
        (self.versions / f"{number}_step.py").write_text(STEP.format(number=number, previous=previous, then=then))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Return a package with one step."""
    made = Package(tmp_path, f"migrated_{tmp_path.name}")
    made.add("0001", None)
    monkeypatch.syspath_prepend(tmp_path)
    return made


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the address of a database that is not there yet; its folder is awkward on purpose."""
    folder = tmp_path / "100%: data"
    folder.mkdir()
    return sqlite_url(folder / "store.db")


def test_a_new_store_takes_every_step_in_order(package: Package, url: str) -> None:
    package.add("0002", "0001")

    before, taken, after = pending(url, package.name), migrate(url, package.name), pending(url, package.name)

    assert (before, taken, after) == (["0001", "0002"], ["0001", "0002"], [])
    assert _tables(url) == {"t0001", "t0002"}


def test_a_store_that_is_up_to_date_is_left_alone(package: Package, url: str) -> None:
    migrate(url, package.name)

    assert migrate(url, package.name) == []


def test_an_older_store_takes_only_the_steps_it_lacks(package: Package, url: str) -> None:
    migrate(url, package.name)
    package.add("0002", "0001")

    assert migrate(url, package.name) == ["0002"]


def test_a_step_that_fails_leaves_nothing_of_any_step(package: Package, url: str) -> None:
    package.add("0002", "0001", then='raise RuntimeError("broken step")')

    with pytest.raises(RuntimeError, match="broken step"):
        migrate(url, package.name)

    assert _tables(url) == set()


def test_a_store_from_a_newer_program_is_refused_with_what_to_do(package: Package, url: str) -> None:
    package.add("0002", "0001")
    migrate(url, package.name)
    (package.versions / "0002_step.py").unlink()

    with pytest.raises(ConfigurationError, match=r"at migration 0002.*start the newer program again"):
        migrate(url, package.name)


def test_a_package_folder_with_awkward_letters_migrates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a 50%:b"
    folder.mkdir()
    package = Package(folder, "migrated_awkward")
    package.add("0001", None)
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])

    assert migrate("sqlite://", package.name) == ["0001"]


def test_of_processes_that_start_at_once_one_migrates_and_none_fails(package: Package, url: str) -> None:
    program = "import sys; from shared.db.migrate import migrate; print(migrate(*sys.argv[1:]))"

    def start(_number: int) -> str:
        finished = subprocess.run(  # noqa: S603 - the interpreter of this test runs a fixed program
            [sys.executable, "-c", program, url, package.name],
            env={"PYTHONPATH": f"{package.folder}:{ROOT}"},
            capture_output=True,
            text=True,
            check=True,
        )
        return finished.stdout.strip()

    with ThreadPoolExecutor() as pool:
        answers = sorted(pool.map(start, range(4)))

    assert answers == ["['0001']", "[]", "[]", "[]"]


def _tables(url: str) -> set[str]:
    with create_engine(url).connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
        return set(names) - {"alembic_version"}
