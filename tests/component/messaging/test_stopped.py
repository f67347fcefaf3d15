"""A consumer that has stopped applies nothing any more, whether the bus brings it or the sweep."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from shared.messaging.bus import Run
from shared.messaging.consumer import ConsumerStoppedError
from shared.messaging.kafka.applying import Applier
from shared.messaging.kafka.beside import chores
from shared.messaging.parking import ALIKE_MAX
from shared.messaging.sweep import Sweep
from shared.messaging.tables import parked
from shared.messaging.worker import NOT_APPLIED
from tests.component.messaging.conftest import Kit
from tests.component.messaging.pair import Pair
from tests.component.messaging.test_parking import failing_at
from tests.component.messaging.test_sweep import ListSource

LONGER_THAN_A_ROUND = timedelta(minutes=2)


def test_the_sweep_applies_and_parks_nothing_once_the_bus_has_stopped_the_consumer(kit: Kit) -> None:
    kit.service.broken = failing_at("high")
    troubles: list[str] = []
    bring(Applier(kit.consumer, troubles), [kit.verified(f"h{number}", "high") for number in range(ALIKE_MAX + 1)])
    source = ListSource()
    sweep = Sweep(kit.store, kit.consumer, {"governance": source}, kit.clock)
    source.documents = [kit.verified("h-bad", "high"), kit.verified("h-good")]
    kit.clock.advance(LONGER_THAN_A_ROUND)

    with pytest.raises(ConsumerStoppedError, match="BadSeverityError"):
        sweep.round()

    assert len(troubles) == 1
    assert (kit.effects(), kit.count(parked)) == ([], 0)


def test_a_publisher_that_is_away_does_not_hide_that_the_consumer_has_stopped(kit: Kit) -> None:
    kit.service.broken = lambda _event: OperationalError("x", {}, Exception("no such table: y"))
    away, source = ListSource(), ListSource()
    away.documents, away.away = [kit.verified("h0")], 1
    source.documents = [kit.verified("h1")]
    sweep = Sweep(kit.store, kit.consumer, {"registration": away, "governance": source}, kit.clock)
    kit.clock.advance(LONGER_THAN_A_ROUND)

    with pytest.raises(ConsumerStoppedError):
        sweep.round()


def test_the_bus_brings_nothing_once_the_sweep_has_stopped_the_consumer(kit: Kit) -> None:
    kit.service.broken = lambda _event: OperationalError("x", {}, Exception("no such table: y"))
    source = ListSource()
    source.documents = [kit.verified("h1")]
    kit.clock.advance(LONGER_THAN_A_ROUND)
    with pytest.raises(ConsumerStoppedError):
        Sweep(kit.store, kit.consumer, {"governance": source}, kit.clock).round()
    kit.service.broken = lambda _event: None
    troubles: list[str] = []

    bring(Applier(kit.consumer, troubles), [kit.verified("h2")])

    assert kit.effects() == []
    assert "OperationalError" in troubles[0]


def test_what_works_beside_the_bus_shares_its_consumer() -> None:
    pair = Pair()
    pair.tell("h1")
    pair.listener.clock.advance(LONGER_THAN_A_ROUND)
    listener = pair.listener.node
    consumer = listener.consumer()
    beside = chores(listener, {"governance": pair.log, "registration": pair.silent.node.log}, consumer)
    consumer.stop("a migration is missing")

    beside.step()

    assert pair.effects() == []
    assert listener.troubles == [f"{NOT_APPLIED}: a migration is missing"]


def bring(applier: Applier, documents: list[str]) -> None:
    """Let an applier look at documents of the bus once, as long as it takes to apply them or to stop."""
    looks = iter([True, False])
    applier.apply([Run("governance", tuple(documents))], lambda: next(looks))
