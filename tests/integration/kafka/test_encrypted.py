"""On a broker that speaks TLS services work once they are told whose certificates to trust."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.settings import Settings
from tests.certificates import write_certificate
from tests.containers.deployment import command
from tests.containers.docker import need_docker
from tests.containers.fixtures import collect_left_open
from tests.containers.kafka import EncryptedBroker
from tests.containers.patience import until
from tests.integration.kafka.secured import Town, secured_settings


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EncryptedBroker]:
    """Return a broker that shows a certificate of its own."""
    need_docker()
    one = EncryptedBroker(tmp_path_factory.mktemp("broker"))
    try:
        one.start()
        yield one
    finally:
        one.close()
        collect_left_open()


@pytest.fixture
def settings(broker: EncryptedBroker, tmp_path: Path) -> Settings:
    """Return the settings of services that trust the broker's certificate."""
    return secured_settings(tmp_path, broker).model_copy(update={"kafka_ca_file": broker.trusted})


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a broker two seconds to answer."""
    monkeypatch.setattr("shared.messaging.kafka.access.PATIENCE_MS", 2000)


def test_topics_are_made_and_services_tell_and_hear(settings: Settings) -> None:
    done = command(settings, "topics", "apply")
    town = Town(settings)
    town.verify_hazard()

    with town.relaying("governance"), town.hearing("rewards") as worker:
        until(lambda: worker.joined, 60)
        until(lambda: "governance" in town.heard("rewards"), 60)
    town.house.stop()

    assert done.exit_code == 0, done.output
    assert [reason for node in town.nodes.values() for reason in node.troubles] == []


@pytest.mark.usefixtures("impatient")
def test_a_broker_whose_certificate_is_not_trusted_is_refused_in_a_sentence(settings: Settings, tmp_path: Path) -> None:
    other, _ = write_certificate(tmp_path, "other")

    done = command(settings.model_copy(update={"kafka_ca_file": other}), "topics", "apply")

    assert done.exit_code == 2
    assert "shows a certificate that those in CHEQI_KAFKA_CA_FILE do not vouch for" in done.stderr
    assert "self-signed certificate" in done.stderr


@pytest.mark.usefixtures("impatient")
def test_who_speaks_without_tls_is_told_what_to_set(broker: EncryptedBroker, tmp_path: Path) -> None:
    done = command(secured_settings(tmp_path, broker), "topics", "apply")

    assert done.exit_code == 2
    assert "CHEQI_KAFKA_CA_FILE where it speaks TLS" in done.stderr
