"""All services run on Kafka and PostgreSQL by the commands that the README gives."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from cheqi.supervisor import PROGRAM
from shared.messaging.kafka.topics import CONFIGS
from shared.settings import Settings
from tests.architecture.tree import ROOT
from tests.containers.deployment import command, deployment_on
from tests.containers.kafka import Broker
from tests.containers.patience import until
from tests.containers.postgresql import server
from tests.e2e.kill_process import Process

MADE_READY = ("databases", "migrate", "topics apply")
UP = "up --bus kafka --store postgresql"
LOOKED_AT = ("rehearse --riders 60 --days 1", "lag", "audit")


@pytest.fixture
def settings(broker: Broker, tmp_path: Path) -> Iterator[Settings]:
    """Return the settings of a deployment on servers that hold nothing of it yet."""
    broker.drop_topics()
    yield deployment_on(tmp_path, broker.servers, server().admin)
    broker.drop_topics()


@pytest.mark.timeout(400)
def test_the_commands_of_the_readme_end_in_a_day_that_settled_and_agrees(settings: Settings, tmp_path: Path) -> None:
    made_ready = [command(settings, *words.split(), "--json") for words in MADE_READY]
    process = Process(tmp_path, settings, (*PROGRAM, *UP.split()))
    process.start()
    try:
        process.wait_until_ready()
        played, lag, audit = (command(settings, *words.split()) for words in LOOKED_AT)
    finally:
        status = process.end()

    for done in (*made_ready, played, lag, audit):
        assert done.exit_code == 0, done.output
    assert {row["state"] for row in json.loads(made_ready[-1].stdout)} == {"made"}
    assert "0 events not settled" in played.stdout
    assert "what does not agree: none" in audit.stdout
    assert status == 0


def test_topics_that_are_not_as_they_should_be_are_named_and_used(
    settings: Settings, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cheqi.running.run_until_signal", lambda _supervisor: None)
    # The command would tell its children so, and is no process of its own here.
    monkeypatch.setenv("CHEQI_SERVICES_URL", settings.address)
    with closing(broker.admin()) as admin:
        admin.create_topics({"cheqi.rewards": {"num_partitions": 3, "replication_factor": 1}})
        # For a moment the broker may still tell what held for the topic of that name that was dropped before it.
        until(lambda: retention_ms(admin, "cheqi.rewards") != CONFIGS["retention.ms"])

    up, applied = command(settings, *UP.split()), command(settings, "topics", "apply", "--json")

    assert "differs" in {row["state"] for row in json.loads(applied.stdout)}
    for done in (up, applied):
        assert done.exit_code == 0, done.output
        assert done.stderr.count("not as it should be") == 1
        assert "cheqi.rewards is not as it should be: 3 partitions instead of 24; retention.ms" in done.stderr


def retention_ms(admin: KafkaAdminClient, topic: str) -> str:
    """Return how long the broker says that a topic keeps records."""
    asked = ConfigResource(ConfigResourceType.TOPIC, topic, ["retention.ms"])
    return str(admin.describe_configs([asked], config_filter="all")["topic"][topic]["retention.ms"]["value"])


def test_the_readme_gives_these_commands_in_their_order() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("### On Kafka and PostgreSQL")[2].partition("\n## ")[0]

    given = re.findall(r"^\.venv/bin/cheqi (.*?) *(?:#.*)?$", section, re.MULTILINE)

    assert given == [*MADE_READY, UP, *LOOKED_AT]
