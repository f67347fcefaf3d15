"""Topics are made once and as decided; lag is told by the consumer's checkpoint and by what the broker knows."""

from contextlib import closing

import pytest

from shared.errors import ConfigurationError
from shared.messaging.kafka.access import Access
from shared.messaging.kafka.topics import PARTITIONS, Topics, group_of, topic_of
from tests.integration.kafka.stage import SOURCES, Stage, running


def test_provisioning_again_changes_nothing_and_says_so(stage: Stage) -> None:
    again = stage.topics.provision(SOURCES, 1)

    assert [(one.name, one.state) for one in again] == [(topic_of(source), "kept") for source in SOURCES]


def test_a_topic_that_differs_is_told_and_left_as_it_is(stage: Stage) -> None:
    with closing(stage.broker.admin()) as admin:
        admin.create_topics({topic_of("elsewhere"): {"num_partitions": 3, "replication_factor": 1}})
    try:
        (found,) = stage.topics.provision(["elsewhere"], 2)
    finally:
        with closing(stage.broker.admin()) as admin:
            admin.delete_topics([topic_of("elsewhere")])

    assert found.state == "differs"
    assert f"3 partitions instead of {PARTITIONS}" in found.detail
    assert "replication factor 1 instead of 2" in found.detail
    assert "retention.ms 604800000 instead of 2592000000" in found.detail


def test_what_is_missing_is_named(stage: Stage) -> None:
    assert stage.topics.missing([*SOURCES, "nobody"]) == ["nobody"]


def test_lag_is_what_stands_above_the_checkpoint_and_what_the_broker_has_not_been_told(stage: Stage) -> None:
    stage.tell("h1", "h2", "h3")

    before = stage.topics.lag("listener", SOURCES, stage.checkpoints())
    with running(stage):
        stage.until_noted("h1", "h2", "h3")
    after = stage.topics.lag("listener", SOURCES, stage.checkpoints())

    assert sum(one.behind for one in before) == sum(one.uncommitted for one in before) == 3
    assert sum(one.behind for one in after) == sum(one.uncommitted for one in after) == 0


def test_committed_offsets_are_reset_to_the_checkpoints(stage: Stage) -> None:
    stage.tell("h1", "h2", "h3")
    with running(stage):
        stage.until_noted("h1", "h2", "h3")
    with closing(stage.broker.admin()) as admin:
        admin.delete_groups([group_of("listener")])

    stage.topics.reset_offsets("listener", SOURCES, stage.checkpoints())

    assert sum(one.uncommitted for one in stage.topics.lag("listener", SOURCES, stage.checkpoints())) == 0


def test_offsets_of_a_group_at_work_are_not_reset(stage: Stage) -> None:
    with running(stage), pytest.raises(ConfigurationError, match="workers of listener are in their group"):
        stage.topics.reset_offsets("listener", SOURCES, {})


def test_a_broker_that_is_away_is_a_connection_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.messaging.kafka.access.PATIENCE_MS", 200)

    with pytest.raises(ConnectionError, match=r"127\.0\.0\.1:1"):
        Topics(Access("127.0.0.1:1")).missing(SOURCES)
