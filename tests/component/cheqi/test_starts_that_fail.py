"""A start that cannot succeed ends with one sentence that says what to do."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cheqi.main import app


def outcome(monkeypatch: pytest.MonkeyPatch, *words: str, **settings: str) -> tuple[int, str]:
    """Return the status of a command, and what it said on standard error."""
    for name, value in settings.items():
        monkeypatch.setenv(f"CHEQI_{name}", value)
    ended = CliRunner().invoke(app, list(words))
    return ended.exit_code, ended.output


def test_a_folder_that_cannot_hold_data_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    status, said = outcome(monkeypatch, "migrate", DATA=str(tmp_path / "file"))

    assert status == 2
    assert f"CHEQI_DATA names {tmp_path / 'file'}" in said
    assert "Traceback" not in said


def test_a_database_server_that_does_not_answer_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("secret-word")
    url = "postgresql+psycopg://cheqi_{service}@127.0.0.1:1/cheqi_{service}"
    where = {"DATABASE_URL": url, "DATABASE_PASSWORD_FILE": str(tmp_path / "password")}

    status, said = outcome(monkeypatch, "migrate", DATA=str(tmp_path / "data"), STORE="postgresql", **where)

    assert status == 2
    assert said.startswith("a database does not answer")
    assert "secret-word" not in said
