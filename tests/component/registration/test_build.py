"""Building registration: an SMS adapter must be chosen, and secrets are files that only their owner may read."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.registration.clients import client_secret, open_clients
from services.registration.secrets import open_secrets
from services.registration.service import open_ports
from shared.clock import SystemClock
from shared.errors import ConfigurationError
from shared.random import SystemRandom
from shared.secret_files import SecretFolder


@pytest.mark.parametrize("name", [None, ""])
def test_without_a_chosen_sms_adapter_registration_refuses_to_start_and_says_what_to_set(
    tmp_path: Path, name: str | None
) -> None:
    with pytest.raises(ConfigurationError, match=r"no SMS adapter was chosen.*Set CHEQI_SMS to one of: trial"):
        open_ports(tmp_path, SecretFolder(tmp_path), name, SystemClock(), SystemRandom())

    assert list(tmp_path.iterdir()) == []


def test_an_unknown_sms_adapter_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no SMS adapter 'pigeon'.*one of: trial"):
        open_ports(tmp_path, SecretFolder(tmp_path), "pigeon", SystemClock(), SystemRandom())


def test_secrets_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first, again = (
        open_ports(folder, SecretFolder(folder / "keys"), "trial", SystemClock(), SystemRandom()) for _ in range(2)
    )

    assert first.secrets == again.secrets
    assert first.signing_keys.public() == again.signing_keys.public()
    assert first.clients == again.clients
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    readable = {path.name for path in files if path.stat().st_mode & 0o077}
    assert {name for name in readable if not name.startswith("trial-sms.db-")} == set()
    for ports in (first, again):
        ports.sms.close()


def test_whoever_makes_a_secret_at_the_same_moment_gets_the_same_one(tmp_path: Path) -> None:
    made = iter("abcdefgh")

    with ThreadPoolExecutor(8) as pool:
        got = set(pool.map(lambda _: SecretFolder(tmp_path).text("secret", lambda: next(made)), range(8)))

    assert len(got) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_another_pepper_finds_nobody(tmp_path: Path) -> None:
    one, other = (open_secrets(SecretFolder(tmp_path / name)) for name in ("one", "other"))

    assert one.digest("phone", "13812345678") != other.digest("phone", "13812345678")
    assert one.digest("phone", "13812345678") != one.digest("code", "13812345678")


def test_a_client_that_the_deployment_lists_is_known_by_that_secret_only(tmp_path: Path) -> None:
    (tmp_path / "clients.json").write_text('[{"id": "notify", "sha256": "00"}]')

    clients = open_clients(SecretFolder(tmp_path))

    assert clients["notify"].digest == "00"
    assert clients["rewards"].knows(client_secret(SecretFolder(tmp_path), "rewards"))
    assert not clients["rewards"].knows("another")


@pytest.mark.parametrize("text", ["{", "[1]", '[{"id": "stranger", "sha256": "00"}]', '[{"id": "notify"}]', "3"])
def test_a_list_of_clients_that_cannot_be_read_keeps_registration_from_starting(tmp_path: Path, text: str) -> None:
    (tmp_path / "clients.json").write_text(text)

    with pytest.raises(ConfigurationError, match="is no list of clients"):
        open_clients(SecretFolder(tmp_path))
