"""Batches in flight: what counts as sent follows acknowledgements in their order, and only the lease's holder sends."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from shared.events.governance import HazardVerifiedV1
from shared.messaging.bus import Record
from shared.messaging.cause import of_system
from shared.messaging.log import emit, transaction
from shared.messaging.relay import LEASE_S, Relay, RelayStoppedError, count_unsent
from shared.messaging.source import LogReader
from shared.messaging.tables import event_log
from tests.component.messaging.conftest import Kit


class SlowBus:
    """A bus whose acknowledgements the test gives."""

    def __init__(self) -> None:
        self.flight: list[tuple[list[str], Future[None]]] = []

    def publish(self, source: str, records: Sequence[Record]) -> Future[None]:  # noqa: ARG002 - the port's signature
        """Take the records, and acknowledge nothing yet."""
        acknowledged: Future[None] = Future()
        self.flight.append(([record.subject for record in records], acknowledged))
        return acknowledged

    def acknowledge(self, batch: int) -> None:
        """Acknowledge one batch."""
        self.flight[batch][1].set_result(None)

    def fail(self, batch: int) -> None:
        """Let one batch fail."""
        self.flight[batch][1].set_exception(ConnectionError())


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> SlowBus:
    """Return a bus that takes two events a batch."""
    monkeypatch.setattr("shared.messaging.relay.BATCH_MAX", 2)
    return SlowBus()


def test_the_next_batch_leaves_before_the_last_one_is_acknowledged(kit: Kit, bus: SlowBus) -> None:
    tell(kit, 4)
    relay = relay_of(kit, bus)

    relay.step()
    relay.step()

    assert [subjects for subjects, _ in bus.flight] == [["h0", "h1"], ["h2", "h3"]]
    assert unsent(kit) == 4


def test_what_counts_as_sent_waits_for_the_batch_before(kit: Kit, bus: SlowBus) -> None:
    tell(kit, 6)
    relay = relay_of(kit, bus)
    relay.step()
    relay.step()

    bus.acknowledge(1)
    relay.step()
    early = unsent(kit)
    bus.acknowledge(0)
    bus.acknowledge(2)
    relay.step()

    assert (early, unsent(kit)) == (6, 0)


def test_all_behind_the_last_acknowledged_batch_is_sent_again_after_a_failure(kit: Kit, bus: SlowBus) -> None:
    tell(kit, 4)
    relay = relay_of(kit, bus)
    relay.step()
    relay.step()
    bus.fail(0)
    bus.acknowledge(1)

    with pytest.raises(ConnectionError):
        relay.step()
    relay.step()
    relay.step()

    assert [subjects for subjects, _ in bus.flight[2:]] == [["h0", "h1"], ["h2", "h3"]]
    assert unsent(kit) == 4


def test_new_events_leave_behind_those_that_failed(kit: Kit, bus: SlowBus) -> None:
    tell(kit, 2)
    relay = relay_of(kit, bus)
    relay.step()
    bus.fail(0)
    with pytest.raises(ConnectionError):
        relay.step()

    tell(kit, 2, first=2)
    relay.step()
    relay.step()

    assert [subjects for subjects, _ in bus.flight[1:]] == [["h0", "h1"], ["h2", "h3"]]


def test_what_was_numbered_and_never_sent_leaves_first(kit: Kit, bus: SlowBus) -> None:
    tell(kit, 2)
    relay_of(kit, SlowBus()).number()

    tell(kit, 2, first=2)
    relay = relay_of(kit, bus)
    relay.step()
    relay.step()

    assert [subjects for subjects, _ in bus.flight] == [["h0", "h1"], ["h2", "h3"]]


def test_a_relay_without_the_lease_sends_nothing(kit: Kit, bus: SlowBus) -> None:
    tell(kit, 2)
    relay_of(kit, SlowBus(), "first").step()

    other = relay_of(kit, bus, "second")
    early = (other.step(), list(bus.flight))
    kit.clock.advance(timedelta(seconds=LEASE_S + 1))
    other.step()

    assert early == (False, [])
    assert len(bus.flight) == 1


def test_a_lease_that_is_given_up_is_free_at_once(kit: Kit, bus: SlowBus) -> None:
    tell(kit, 2)
    first = relay_of(kit, SlowBus(), "first")
    first.step()

    first.release()
    relay_of(kit, bus, "second").step()

    assert len(bus.flight) == 1


def test_a_log_that_holds_the_ends_of_the_bus_passes_the_check(kit: Kit, bus: SlowBus) -> None:
    tell(kit, 2)
    relay = relay_of(kit, bus)
    relay.number()
    tail = kit_documents(kit)
    with kit.store.write() as session:
        session.execute(delete(event_log).where(event_log.c.subject == "h0"))

    relay.check([*tail, "no event"])


def test_a_log_that_holds_another_seal_for_an_event_of_the_bus_is_refused(kit: Kit, bus: SlowBus) -> None:
    tell(kit, 1)
    relay = relay_of(kit, bus)
    relay.number()
    tail = [one.replace('"seal":"', '"seal":"0') for one in kit_documents(kit)]

    with pytest.raises(RelayStoppedError, match="position 1"):
        relay.check(tail)


def test_a_log_that_holds_the_event_at_another_position_is_refused(kit: Kit, bus: SlowBus) -> None:
    tell(kit, 2)
    relay = relay_of(kit, bus)
    relay.number()
    tell(kit, 4)
    relay.number()
    (end, *_) = kit_documents(kit)
    with kit.store.write() as session:
        session.execute(delete(event_log).where(event_log.c.position == 1))
        session.execute(update(event_log).where(event_log.c.position == 4).values(position=1))

    with pytest.raises(RelayStoppedError):
        relay.check([end])


def kit_documents(kit: Kit) -> list[str]:
    """Return the log as it is on the wire."""
    return LogReader(kit.store).after(0)


def tell(kit: Kit, count: int, *, first: int = 0) -> None:
    """Tell of that many hazards, numbered from `first` on."""
    kit.clock.advance(timedelta(milliseconds=1))
    with transaction(kit.store, "governance", kit.keys, of_system(kit.clock.now())) as session:
        for number in range(first, first + count):
            hazard = HazardVerifiedV1(subdistrict="110108005", hazard_id=f"h{number}", rider_id="r", severity="low")
            emit(session, hazard)


def relay_of(kit: Kit, bus: SlowBus, holder: str = "one") -> Relay:
    """Return a relay of the store's log."""
    return Relay(kit.store, "governance", bus, kit.clock, holder)


def unsent(kit: Kit) -> int:
    """Return how many events are not acknowledged."""
    with kit.store.read() as session:
        return count_unsent(session)
