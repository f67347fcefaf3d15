"""The secrets of a deployment: each service's in a folder of its own, made once, and missed by name."""

import json
from pathlib import Path

import pytest

from cheqi.assembly import CODE_KEY, SERVICES, Assembly
from cheqi.folder import MASTER_KEY
from cheqi.secrets import make_secrets
from services.registration.clients import client_secret, open_clients
from services.registration.secrets import FILE_NAME as PEPPER
from shared.errors import ConfigurationError
from shared.secret_files import SecretFolder
from shared.settings import Settings
from tests.component.cheqi.restoring import Home
from tests.ports import free_port

PUT_BACK = (
    "put it back from a backup of keys (`cheqi secrets --from BACKUP`, see docs/operations.md), for a new one opens"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with secrets apart from data, as the compose file has them."""
    return Settings(
        data=tmp_path / "data" / "{service}",
        secrets=str(tmp_path / "secrets" / "{service}"),
        sms="trial",
        database_password_file=str(tmp_path / "secrets" / "{service}" / "database.password"),
        database_admin_password_file=tmp_path / "admin" / "password",
        services_url="http://{service}:8080",
    )


def test_what_is_missing_is_made_and_what_is_there_stays(settings: Settings) -> None:
    made = make_secrets(settings)
    contents = [path.read_text() for path in made]
    made[0].unlink()

    again = make_secrets(settings)

    assert again == made[:1]
    assert [path.read_text() for path in made[1:]] == contents[1:]
    assert len(set(contents)) == len(contents)


def test_the_database_server_may_read_its_password_and_nobody_else_s(settings: Settings, tmp_path: Path) -> None:
    made = make_secrets(settings)

    readable = [path for path in made if path.stat().st_mode & 0o077]
    assert readable == [tmp_path / "admin" / "password"]


def test_whoever_is_killed_once_the_password_is_made_leaves_it_to_the_database_server(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, link = tmp_path / "admin" / "password", Path.hardlink_to

    def linked_then_killed(path: Path, target: Path) -> None:
        link(path, target)
        if path == made:
            raise SystemExit

    monkeypatch.setattr(Path, "hardlink_to", linked_then_killed)
    with pytest.raises(SystemExit):
        make_secrets(settings)

    assert made.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(("mode", "warned"), [(0o600, True), (0o400, True), (0o440, False), (0o644, False)])
def test_a_password_that_an_operator_brought_stays_as_it_is_and_is_told_of_where_its_owner_alone_can_read_it(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: int, *, warned: bool
) -> None:
    brought = tmp_path / "admin" / "password"
    brought.parent.mkdir()
    brought.write_text("brought")
    brought.chmod(mode)

    make_secrets(settings)

    assert (brought.read_text(), brought.stat().st_mode & 0o777) == ("brought", mode)
    said = f"{brought} has the mode {mode:04o} and is left as it is"
    assert (said in capsys.readouterr().err) is warned


def test_a_password_whose_mode_nobody_can_change_keeps_no_deployment_from_starting(settings: Settings) -> None:
    closed = Path("/proc/self/mem")  # Not even root can change its mode.

    made = make_secrets(settings.model_copy(update={"database_admin_password_file": closed}))

    assert closed not in made


def test_registration_knows_the_others_by_digests_only(settings: Settings, tmp_path: Path) -> None:
    make_secrets(settings)

    clients = open_clients(SecretFolder(tmp_path / "secrets" / "registration", makes=False))

    for name in SERVICES:
        secret = client_secret(SecretFolder(tmp_path / "secrets" / name, makes=False), name)
        assert clients[name].knows(secret)
    held = (tmp_path / "secrets" / "registration" / "clients").iterdir()
    assert {path.stem for path in held}.isdisjoint(set(SERVICES) - {"registration"})


def test_a_secret_that_an_operator_replaces_is_told_to_registration_and_a_platform_stays_listed(
    settings: Settings, tmp_path: Path
) -> None:
    make_secrets(settings)
    listed = tmp_path / "secrets" / "registration" / "clients.json"
    listed.write_text(json.dumps([*json.loads(listed.read_text()), {"id": "meituan", "sha256": "00"}]))
    (tmp_path / "secrets" / "notify" / "clients" / "notify.secret").write_text("another")

    make_secrets(settings)

    clients = open_clients(SecretFolder(tmp_path / "secrets" / "registration", makes=False))
    assert clients["notify"].knows("another")
    assert clients["meituan"].digest == "00"


@pytest.mark.parametrize(
    ("service", "name", "advice"),
    [
        ("rewards", CODE_KEY, PUT_BACK),
        ("rewards", MASTER_KEY, PUT_BACK),
        ("registration", PEPPER, PUT_BACK),
        ("rewards", "clients/rewards.secret", "`cheqi secrets` makes it"),
    ],
)
def test_a_service_makes_no_secret_that_is_missing_but_names_it_and_says_where_it_comes_from(
    settings: Settings, tmp_path: Path, service: str, name: str, advice: str
) -> None:
    make_secrets(settings)
    missing = tmp_path / "secrets" / service / name
    missing.unlink()
    assembly = Assembly(settings)

    with pytest.raises(ConfigurationError) as refused:
        assembly.remote_logs(assembly.node(service))
    assembly.close()

    assert str(refused.value).startswith(f"the secret {missing} cannot be read: No such file or directory; {advice}")
    assert not missing.exists()


@pytest.mark.parametrize("words", [("audit",), ("up",), ("backup", "target"), ("read-back",)])
def test_no_command_makes_another_master_key_for_data_that_is_there(tmp_path: Path, words: tuple[str, ...]) -> None:
    home = Home(tmp_path)
    home.variables["CHEQI_PORT"] = str(free_port())
    home.tell("h1")
    missing = home.data / "keys" / MASTER_KEY
    missing.unlink()

    said = home.refused(*words)

    assert f"{missing} is missing" in said
    assert PUT_BACK in said
    assert not missing.exists()


def test_a_secret_that_is_there_and_cannot_be_read_is_not_to_be_put_back(tmp_path: Path) -> None:
    (tmp_path / MASTER_KEY).mkdir()

    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory; let this user read it"):
        SecretFolder(tmp_path, makes=False).key(MASTER_KEY)


@pytest.mark.parametrize("lost", [("rewards", MASTER_KEY), ("rewards", CODE_KEY), ("registration", PEPPER)])
def test_a_secret_that_lasts_and_is_made_beside_others_is_told_of(tmp_path: Path, lost: tuple[str, str]) -> None:
    home = Home(tmp_path, apart=True)
    first, again = home.run("secrets"), home.run("secrets")
    missing = (tmp_path / "secrets").joinpath(*lost)
    missing.unlink()

    made = home.run("secrets")

    assert (first.stderr, again.stderr) == ("", "")
    assert (made.exit_code, missing.exists()) == (0, True)
    assert made.stderr.startswith(f"{missing} was made, though other secrets stood beside it already.")
    assert "opens nothing that was written under that: remove this file" in made.stderr
    assert "`cheqi secrets --from BACKUP`" in made.stderr


def test_of_a_secret_that_came_from_a_backup_nothing_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path, apart=True)
    home.done("secrets")
    keys = home.back_up("--keys")
    (tmp_path / "secrets" / "rewards" / MASTER_KEY).unlink()

    put_back = home.run("secrets", "--from", keys)

    assert (put_back.exit_code, put_back.stderr) == (0, "")


@pytest.mark.parametrize("text", ["", "not hexadecimal", "00" * 31])
def test_a_damaged_key_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "master.key").write_text(text)

    with pytest.raises(ConfigurationError, match=r"master\.key does not hold 32 bytes"):
        SecretFolder(tmp_path).key("master.key")
