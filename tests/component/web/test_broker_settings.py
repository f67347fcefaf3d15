"""Who a service is on Kafka comes from settings, and what is missing among them is named."""

import re
from pathlib import Path
from typing import Any

import pytest

from cheqi.asyncapi import HANDLERS
from cheqi.broker import access_of, admin_access, users_of
from cheqi.house import House
from shared.errors import ConfigurationError
from shared.settings import Settings, read_settings
from tests.certificates import write_certificate

USERS: dict[str, Any] = {"kafka_user": "cheqi_{service}", "kafka_admin_user": "admin"}


def _settings(folder: Path, **chosen: Any) -> Settings:
    for name in (*HANDLERS, "admin"):
        (folder / name).write_text(f"horses of {name}\n")
    files = {"kafka_password_file": f"{folder}/{{service}}", "kafka_admin_password_file": folder / "admin"}
    return Settings(data=folder / "data", kafka="one:9092,two:9092", **{**USERS, **files, **chosen})


def test_without_users_clients_say_nothing_of_themselves(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)

    assert users_of(settings) == []
    for access in (access_of(settings, "rewards"), admin_access(settings)):
        assert access.arguments == {
            "bootstrap_servers": "127.0.0.1:9092",
            "ssl_context": None,
            "security_protocol": "PLAINTEXT",
        }


def test_each_service_is_a_user_with_a_password_of_its_own(tmp_path: Path) -> None:
    arguments = access_of(_settings(tmp_path), "rewards").arguments

    assert arguments == {
        "bootstrap_servers": "one:9092,two:9092",
        "ssl_context": None,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "cheqi_rewards",
        "sasl_plain_password": "horses of rewards",
    }
    assert admin_access(_settings(tmp_path)).arguments["sasl_plain_username"] == "admin"


def test_passwords_are_not_shown(tmp_path: Path) -> None:
    settings = _settings(tmp_path)

    assert "horses" not in f"{access_of(settings, 'rewards')} {admin_access(settings)!r} {users_of(settings)!r}"


def test_users_hear_what_their_services_hear(tmp_path: Path) -> None:
    house = House(Settings(data=tmp_path, sms="trial"))
    house.stop()

    assert {user.service: user.hears for user in users_of(_settings(tmp_path))} == {
        name: node.hears for name, node in house.nodes.items()
    }


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"kafka_admin_user": None}, "set CHEQI_KAFKA_ADMIN_USER to the user that makes topics"),
        ({"kafka_admin_password_file": None}, "set CHEQI_KAFKA_ADMIN_PASSWORD_FILE"),
        ({"kafka_password_file": None}, "set CHEQI_KAFKA_PASSWORD_FILE"),
        (
            {"kafka_password_file": "/none/{service}"},
            "CHEQI_KAFKA_PASSWORD_FILE names /none/registration, which",
        ),
        ({"kafka_password_file": "/dev/null"}, "CHEQI_KAFKA_PASSWORD_FILE names /dev/null, which is empty"),
        ({"kafka_ca_file": Path("/none.pem")}, "CHEQI_KAFKA_CA_FILE names /none.pem, which holds no certificates"),
        ({"kafka_ca_file": Path("/dev/null")}, "CHEQI_KAFKA_CA_FILE names /dev/null, which holds no certificates"),
    ],
)
def test_what_is_missing_is_named_with_what_to_set(tmp_path: Path, chosen: dict[str, Any], said: str) -> None:
    settings = _settings(tmp_path, **chosen)

    with pytest.raises(ConfigurationError, match=re.escape(said)):
        _ = admin_access(settings), users_of(settings)


@pytest.mark.parametrize("user", ["cheqi", "cheqi {service}", "cheqi_{service}:secret"])
def test_a_user_shared_by_services_or_with_strange_signs_is_refused(monkeypatch: pytest.MonkeyPatch, user: str) -> None:
    monkeypatch.setenv("CHEQI_KAFKA_USER", user)

    with pytest.raises(ConfigurationError, match=r"CHEQI_KAFKA_USER \(.*such as cheqi_\{service\}"):
        read_settings()


def test_certificates_to_trust_make_every_connection_tls(tmp_path: Path) -> None:
    trusted, _ = write_certificate(tmp_path, "kafka")
    chosen = _settings(tmp_path, kafka_ca_file=trusted)

    secured = access_of(chosen, "rewards").arguments
    unnamed = access_of(chosen.model_copy(update={"kafka_user": None}), "rewards").arguments

    assert (secured["security_protocol"], unnamed["security_protocol"]) == ("SASL_SSL", "SSL")
    assert secured["ssl_context"].check_hostname
