"""The secrets of a deployment: each service's in a folder of its own, made once, and missed by name."""

import json
from pathlib import Path

import pytest

from cheqi.assembly import CODE_KEY, SERVICES, Assembly
from cheqi.secrets import make_secrets
from services.registration.clients import client_secret, open_clients
from shared.errors import ConfigurationError
from shared.secret_files import SecretFolder
from shared.settings import Settings


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


def test_a_service_makes_no_secret_that_is_missing_but_names_it(settings: Settings, tmp_path: Path) -> None:
    make_secrets(settings)
    missing = tmp_path / "secrets" / "rewards" / CODE_KEY
    missing.unlink()
    assembly = Assembly(settings)

    with pytest.raises(ConfigurationError) as refused:
        assembly.node("rewards")
    assembly.close()

    assert str(missing) in str(refused.value)
    assert "cheqi secrets" in str(refused.value)
    assert not missing.exists()


@pytest.mark.parametrize("text", ["", "not hexadecimal", "00" * 31])
def test_a_damaged_key_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "master.key").write_text(text)

    with pytest.raises(ConfigurationError, match=r"master\.key does not hold 32 bytes"):
        SecretFolder(tmp_path).key("master.key")
