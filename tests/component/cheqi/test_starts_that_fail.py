"""A start that cannot succeed ends with one sentence that says what to do."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from cheqi.main import app


def outcome(monkeypatch: pytest.MonkeyPatch, *words: str, **settings: str) -> tuple[int, str]:
    """Return the status of a command, and what it said on standard error."""
    for name, value in settings.items():
        monkeypatch.setenv(f"CHEQI_{name}", value)
    with patch.dict(os.environ):  # A command tells its own child processes by the environment.
        ended = CliRunner().invoke(app, list(words))
    return ended.exit_code, ended.output


def test_a_folder_that_cannot_hold_data_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    status, said = outcome(monkeypatch, "migrate", DATA=str(tmp_path / "file"))

    assert status == 2
    assert f"CHEQI_DATA names {tmp_path / 'file'}" in said
    assert "Traceback" not in said


def test_a_folder_that_cannot_hold_photos_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "photos").write_text("x")

    words = ("staff", "create-administrator", "--login", "admin", "--password-stdin")

    status, said = outcome(monkeypatch, *words, DATA=str(tmp_path), SMS="trial")

    assert status == 2
    assert said.startswith(f"{tmp_path / 'photos'} cannot hold photos: ")


def test_ctrl_c_while_a_command_is_loaded_ends_it_without_a_word() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "cheqi", "audit"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as loading:  # noqa: S603 - this project's own command
        assert loading.stderr is not None
        assert any(" typer" in line for line in loading.stderr)

        loading.send_signal(signal.SIGINT)
        said, loaded = loading.communicate(timeout=60)

    assert (loading.returncode, said) == (130, "")
    assert [line for line in loaded.splitlines() if not line.startswith("import time:")] == []


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


def test_an_administrator_whom_the_database_server_does_not_let_in_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("secret-word")
    url = "postgresql+psycopg://cheqi_{service}@127.0.0.1:1/cheqi_{service}"
    where = {"DATABASE_URL": url, "DATABASE_PASSWORD_FILE": str(tmp_path / "password")}
    admin = "postgresql+psycopg://postgres:secret-word@127.0.0.1:1/postgres"

    status, said = outcome(monkeypatch, "databases", STORE="postgresql", DATABASE_ADMIN_URL=admin, **where)

    assert status == 2
    assert said.startswith("a database server does not let its administrator in")
    assert "Traceback" not in said
    assert "secret-word" not in said


def test_a_password_is_not_asked_for_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = ("staff", "create-administrator", "--login", "admin")

    status, said = outcome(monkeypatch, *words, DATA=str(tmp_path / "data"), SMS="trial")

    assert (status, "--password-stdin" in said) == (2, True)
    assert not (tmp_path / "data").exists()


def test_a_port_that_another_program_listens_on_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        status, said = outcome(monkeypatch, "up", "--port", port, DATA=str(tmp_path / "data"), SMS="trial")

    assert status == 2
    assert said == f"cannot listen on 127.0.0.1, port {port}: Address already in use; choose another with --port\n"
    assert not (tmp_path / "data").exists()


def test_an_address_of_another_machine_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    status, said = outcome(monkeypatch, "up", "--host", "192.0.2.1", DATA=str(tmp_path / "data"), SMS="trial")

    assert status == 2
    assert said.startswith("cannot listen on 192.0.2.1, port 8080: ")


@pytest.mark.parametrize("command", ["up", "demo"])
def test_a_number_that_is_no_port_is_refused_by_the_name_of_the_option(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    status, said = outcome(monkeypatch, command, "--port", "99999")

    assert status == 2
    assert "'--port'" in said


def test_messages_are_not_looked_for_where_none_was_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    status, said = outcome(monkeypatch, "sms", DATA=str(tmp_path / "nowhere"))

    assert status == 2
    assert said.startswith(f"{tmp_path / 'nowhere'} holds no message")
    assert not (tmp_path / "nowhere").exists()


def test_only_its_owner_may_read_what_a_command_makes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        status, _ = outcome(monkeypatch, "migrate", DATA=str(tmp_path / "data"), SMS="trial")
    finally:
        os.umask(before)

    made = list((tmp_path / "data").rglob("*"))
    assert status == 0
    assert made
    assert [path.name for path in made if path.stat().st_mode & 0o077] == []
