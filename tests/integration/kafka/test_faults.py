"""What brokers do to a worker: nothing is lost, nothing takes effect twice, and the worker goes on by itself."""

from contextlib import ExitStack, closing

from kafka import TopicPartition

from shared.messaging.kafka.topics import PARTITIONS, topic_of
from shared.messaging.kafka.worker import Settings
from tests.containers.patience import until
from tests.integration.kafka.stage import Stage, running


def test_a_worker_that_starts_before_its_topics_says_so_and_hears_once_they_are_made(stage: Stage) -> None:
    stage.broker.drop_topics()

    with running(stage, joined=False) as worker:
        until(lambda: worker.applier.progress > 1)
        early = worker.joined
        stage.make_anew()
        stage.tell("h1")

        stage.until_noted("h1")
    assert early is False


def test_a_broker_that_is_down_when_the_worker_starts_is_waited_for(stage: Stage) -> None:
    stage.tell("h1")
    with ExitStack() as work:
        with stage.broker.away():
            worker = work.enter_context(running(stage, joined=False))
            until(lambda: worker.applier.progress > 1)
            early = worker.joined

        stage.until_noted("h1", deadline_s=60)
        until(lambda: worker.joined)
    assert early is False


def test_a_broker_that_is_restarted_is_joined_again_and_what_was_told_meanwhile_arrives(stage: Stage) -> None:
    with running(stage):
        stage.tell("h1")
        stage.until_noted("h1")

        with stage.broker.away():
            stage.tell_only("h2")
        stage.tell("h3")

        stage.until_noted("h1", "h2", "h3", deadline_s=60)


def test_topics_made_again_are_read_from_their_beginning_though_offsets_are_lower(stage: Stage) -> None:
    with running(stage):
        stage.tell("h1", "h2", "h3", "h4")
        stage.until_noted("h1", "h2", "h3", "h4")

        stage.make_anew()
        stage.tell("h5")
        stage.until_noted("h1", "h2", "h3", "h4", "h5", deadline_s=60)
        stage.tell("h1", "h2", word="high")

        stage.until_noted("h1", "h1", "h2", "h2", "h3", "h4", "h5")


def test_a_checkpoint_follows_a_partition_whose_log_begins_anew(stage: Stage) -> None:
    for word in ("low", "medium", "high"):
        stage.tell("h1", word=word)
    with running(stage):
        stage.until_noted("h1", "h1", "h1")
    stage.make_anew()
    stage.tell("h1", word="severe")

    with running(stage):
        stage.until_noted("h1", "h1", "h1", "h1")
    assert sorted(stage.checkpoints().values())[-1] == 1


def test_a_partition_whose_first_records_are_gone_is_read_from_where_it_begins(stage: Stage) -> None:
    stage.tell("h1")
    with closing(stage.broker.admin()) as admin:
        admin.delete_records({TopicPartition(topic_of("governance"), one): -1 for one in range(PARTITIONS)})
    stage.tell("h2", "h3")

    with running(stage):
        stage.until_noted("h2", "h3")


def test_two_workers_share_the_partitions_and_one_takes_over_from_the_other(stage: Stage) -> None:
    told: list[str] = []

    def tell_more(count: int = 30) -> None:
        new = [f"h{len(told) + one}" for one in range(count)]
        told.extend(new)
        stage.tell(*new)

    with running(stage) as first:
        tell_more()
        with running(stage) as second:
            until(lambda: first.joined and second.joined)
            before = (first.applier.progress, second.applier.progress)
            tell_more()
            stage.until_noted(*told)
            shared = first.applier.progress > before[0] and second.applier.progress > before[1]
            tell_more()
        tell_more()
        stage.until_noted(*told)
    assert shared


def test_a_static_member_hears_too(stage: Stage) -> None:
    stage.settings = Settings(access=stage.broker.access, static_id="listener-1", session_s=4)
    stage.tell("h1")

    with running(stage):
        stage.until_noted("h1")
