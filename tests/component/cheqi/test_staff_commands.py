"""What an operator does about administrators and staff at the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cheqi.main import app

PASSWORD = "seven horses at dawn"


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """Return the settings of a data folder with one administrator."""
    settings = {"CHEQI_DATA": str(tmp_path / "data"), "CHEQI_SMS": "trial"}
    create(settings, "boss")
    return settings


def run(variables: dict[str, str], *words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["staff", *words], env=variables, input=typed)


def create(variables: dict[str, str], login: str) -> None:
    made = run(variables, "create-administrator", "--login", login, "--password-stdin", typed=f"{PASSWORD}\n")
    assert made.exit_code == 0, made.output


def test_the_last_administrator_is_ended_only_where_even_that_is_wanted(variables: dict[str, str]) -> None:
    refused = run(variables, "end", "--login", "boss")
    ended = run(variables, "end", "--login", "boss", "--even-last")
    again = run(variables, "end", "--login", "boss")

    assert (refused.exit_code, ended.exit_code, again.exit_code) == (2, 0, 2)
    assert "boss is the last administrator in office" in refused.output
    assert "--even-last" in refused.output
    assert "There is no office to end" in again.output


def test_one_of_two_administrators_is_ended_and_the_other_is_the_last_one_then(variables: dict[str, str]) -> None:
    create(variables, "deputy")

    ended, refused = run(variables, "end", "--login", "boss"), run(variables, "end", "--login", "deputy")

    assert (ended.exit_code, refused.exit_code) == (0, 2)


def test_an_administrator_is_invited_again_and_an_unknown_login_is_named(variables: dict[str, str]) -> None:
    invited, unknown = run(variables, "invite-again", "--login", "boss"), run(variables, "end", "--login", "bos")

    assert (invited.exit_code, unknown.exit_code) == (0, 2)
    assert "." in invited.output.strip()
    assert "No member of staff has the login bos" in unknown.output
