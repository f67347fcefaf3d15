"""On every bus an event takes effect once, in its subject's order, whatever the bus or a handler does."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared.events.governance import HazardVerifiedV1
from shared.messaging.tables import checkpoint
from tests.component.messaging.pair import Fault, effect
from tests.containers.patience import until
from tests.contract.bus.buses import BusUnderTest
from tests.moments import NOON
from tests.publisher import Publisher


def test_what_is_published_arrives_once_and_in_its_subjects_order(bus: BusUnderTest) -> None:
    for word in ("low", "medium", "high"):
        bus.tell("h1", "h2", word=word)

    bus.start()

    bus.until_noted("h1", "h1", "h1", "h2", "h2", "h2")
    for hazard in ("h1", "h2"):
        assert [word for noted, word in bus.effects() if noted == hazard] == ["low", "medium", "high"]


def test_what_is_published_while_the_listener_works_arrives_too(bus: BusUnderTest) -> None:
    bus.start()

    bus.tell("h1")
    bus.until_noted("h1")
    bus.tell("h2", "h3")

    bus.until_noted("h1", "h2", "h3")


def test_what_comes_twice_or_late_or_out_of_order_takes_effect_once(bus: BusUnderTest) -> None:
    one, two, three = made_elsewhere("h1", 3)

    bus.start()
    bus.deliver(two, one, one, three, two, one)

    bus.until_noted("h1", "h1", "h1")
    assert [word for _, word in bus.effects()] == ["1", "2", "3"]


def test_what_stands_above_a_hole_waits_until_the_hole_is_filled(bus: BusUnderTest) -> None:
    one, two, three = made_elsewhere("h1", 3)
    bus.start()

    bus.deliver(one, three)
    until(lambda: bus.pair.gauge("waiting_events") == 1)
    before = bus.hazards()
    bus.deliver(two)

    bus.until_noted("h1", "h1", "h1")
    assert before == ["h1"]
    assert bus.pair.gauge("waiting_events") == 0


def test_what_cannot_be_read_is_parked_and_holds_up_nobody(bus: BusUnderTest) -> None:
    (one,) = made_elsewhere("h1", 1)
    bus.start()

    bus.deliver('{"torn": true}', "", "no JSON", one)

    bus.until_noted("h1")
    assert bus.pair.gauge("parked_events") == 3


def test_a_failing_event_parks_its_subject_and_the_others_go_on(bus: BusUnderTest) -> None:
    bus.pair.fault = refuse("h2")
    bus.start()

    bus.tell("h1", "h2", "h3")
    bus.tell("h2", "h4")

    bus.until_noted("h1", "h3", "h4")
    until(lambda: bus.pair.gauge("waiting_events") == 1)
    assert bus.pair.gauge("parked_events") == 1
    assert bus.pair.listener.node.troubles == []


def test_a_restart_goes_on_where_the_last_one_ended(bus: BusUnderTest) -> None:
    bus.tell("h1")
    bus.start()
    bus.until_noted("h1")
    bus.stop()
    bus.tell("h2")

    bus.start()

    bus.until_noted("h1", "h2")


def test_what_is_delivered_again_after_a_restart_has_no_second_effect(bus: BusUnderTest) -> None:
    bus.tell("h1", "h2")
    bus.start()
    bus.until_noted("h1", "h2")
    bus.stop()
    with bus.pair.listener.store.write() as session:
        session.execute(delete(checkpoint))

    bus.start()
    bus.tell("h3")

    bus.until_noted("h1", "h2", "h3")


def made_elsewhere(hazard: str, count: int) -> list[str]:
    """Return a subject's first events, as a publisher makes them whose log nobody reads."""
    publisher, place = Publisher("governance"), {"subdistrict": "110108005", "rider_id": "rider-1"}
    words = map(str, range(1, count + 1))
    return [publisher.document(HazardVerifiedV1(hazard_id=hazard, severity=word, **place), NOON) for word in words]


def refuse(hazard: str) -> Fault:
    """Return a fault of the listener's handler that this hazard alone meets."""

    def refused(session: Session) -> None:
        last = session.scalar(select(effect.c.hazard_id).order_by(effect.c.ordinal.desc()).limit(1))
        if last == hazard:
            raise ValueError

    return refused
