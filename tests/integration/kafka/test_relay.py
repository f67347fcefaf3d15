"""A relay on a real broker: what is certain counts as sent, a stale one does no harm, a restored store stops it."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError

from shared.messaging.bus import Record
from shared.messaging.kafka.beside import RelayLoop
from shared.messaging.kafka.bus import KafkaBus
from shared.messaging.relay import RelayStoppedError
from shared.messaging.tables import event_log, head, relay_lease
from tests.containers.patience import until
from tests.integration.kafka.stage import Stage, running


def test_what_is_published_while_the_broker_is_away_is_not_certain_and_later_arrives_once(stage: Stage) -> None:
    stage.tell("h1")
    with stage.broker.away():
        stage.tell_only("h2", "h3")
        with pytest.raises(ConnectionError):
            settle(stage)
        unsent = stage.pair.publisher.node.gauges()["unsent_events"]

    stage.tell("h4")

    with running(stage):
        stage.until_noted("h1", "h2", "h3", "h4", deadline_s=60)
    assert unsent == 2
    assert stage.pair.publisher.node.gauges()["unsent_events"] == 0


def test_a_missing_topic_is_a_connection_error(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.messaging.kafka.bus.PATIENCE_S", 1)
    bus = KafkaBus(stage.broker.access)

    with pytest.raises(ConnectionError, match=r"cheqi\.nobody"):
        bus.publish("nobody", [Record("s", "{}")]).result()
    with pytest.raises(ConnectionError, match=r"cheqi\.nobody"):
        bus.tail("nobody")
    bus.close()


def test_batches_follow_each_other_in_order_and_large_ones_are_split(stage: Stage) -> None:
    words = [f"{number}:{'x' * 2000}" for number in range(600)]

    flight = [
        stage.bus.publish("governance", [Record("s", word) for word in words[at : at + 200]]) for at in (0, 200, 400)
    ]
    for one in flight:
        one.result()

    assert stage.read_back() == words


def test_what_a_stale_relay_sends_again_has_no_second_effect(stage: Stage) -> None:
    stage.tell("h1", "h2")
    stage.tell("h1", word="high")
    with stage.pair.publisher.store.write() as session:
        session.execute(update(relay_lease).values(sent=0))
    stale = stage.pair.publisher.node.relay(stage.bus, "stage")

    with running(stage):
        stage.until_noted("h1", "h1", "h2")
        while stale.step():
            pass
        stage.tell("h3")
        stage.until_noted("h1", "h1", "h2", "h3")


def test_a_relay_whose_log_holds_the_ends_of_the_bus_starts(stage: Stage) -> None:
    stage.tell("h1", "h2", "h3")
    stage.deliver("no event", subject="h1")

    stage.relay.check(stage.bus.tail("governance"))


def test_a_relay_stops_and_says_so_when_its_store_is_an_older_copy(stage: Stage) -> None:
    stage.tell("h1", "h2", "h3")
    put_back(stage)
    stage.tell_only("h4")
    node = stage.pair.publisher.node

    with pytest.raises(RelayStoppedError, match="older copy"):
        stage.relay.check(stage.bus.tail("governance"))
    loop = RelayLoop(node, stage.broker.access, "stage")
    loop.start()
    until(lambda: node.troubles)
    loop.stop()

    assert "no event is published" in node.troubles[0]
    assert not node.health().ready
    assert node.gauges()["unsent_events"] == 1


def test_a_store_that_is_put_back_while_its_relay_works_stops_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.tell("h1", "h2", "h3")
    node, failures = stage.pair.publisher.node, [OperationalError("SELECT 1", {"name": "h3"}, Exception("closed"))]
    loop = RelayLoop(node, stage.broker.access, "stage")
    step = loop._relay.step

    def step_but_once() -> bool:
        if failures:
            put_back(stage)
            raise failures.pop()
        return step()

    monkeypatch.setattr(loop._relay, "step", step_but_once)
    loop.start()
    try:
        until(lambda: any("older copy" in trouble for trouble in node.troubles))
    finally:
        loop.stop()

    assert not any("h3" in trouble and "SELECT" in trouble for trouble in node.troubles)


def test_last_records_that_are_cut_off_are_no_reason_to_stop(stage: Stage) -> None:
    stage.tell("h1", "h2", "h3")
    stage.make_anew()

    stage.relay.check(stage.bus.tail("governance"))


def put_back(stage: Stage) -> None:
    """Let the log be the older one that had not heard of the third report."""
    with stage.pair.publisher.store.write() as session:
        session.execute(delete(event_log).where(event_log.c.subject == "h3"))
        session.execute(delete(head).where(head.c.subject == "h3"))
        last = session.execute(select(event_log).order_by(event_log.c.position.desc()).limit(1)).one()
        place = {"position": last.position, "sent": last.position, "seal": last.seal}
        session.execute(update(relay_lease).values(**place))


def settle(stage: Stage) -> None:
    """Relay until nothing is left to do."""
    while stage.relay.step():
        pass
