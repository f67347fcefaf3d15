"""The relay alone gives positions, sequences and seals; what it sent moves on only when all is acknowledged."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Row, select

from shared.clock import SettableClock
from shared.events.envelope import Event
from shared.events.governance import HazardPhotoStoredV1, HazardVerifiedV1
from shared.messaging.arrivals import Arrival, read
from shared.messaging.bus import DONE, Record
from shared.messaging.cause import of_system
from shared.messaging.log import emit, transaction
from shared.messaging.relay import LEASE_S, Relay, count_unsent, is_relaying
from shared.messaging.seal import GENESIS, seal_of, stored_document
from shared.messaging.source import LogReader
from shared.messaging.tables import event_log
from tests.component.messaging.conftest import Kit


class ListBus:
    """A bus that keeps what it acknowledged, and can be away."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.away = False

    def publish(self, source: str, records: Sequence[Record]) -> Future[None]:
        """Keep the records, or fail half-way."""
        if self.away:
            self.records += records[:1]
            message = f"{source} cannot reach the broker"
            raise ConnectionError(message)
        self.records += records
        return DONE


def test_positions_are_gapless_and_sequences_count_within_the_subject(kit: Kit) -> None:
    tell(kit, verified("h1"), verified("h2"), verified("h1"))

    relay_of(kit, ListBus()).step()

    assert [(row.subject, row.position, row.sequence) for row in log(kit)] == [("h1", 1, 1), ("h2", 2, 1), ("h1", 3, 2)]


def test_each_event_names_the_seal_of_the_one_before_it_in_its_subject(kit: Kit) -> None:
    tell(kit, verified("h1"), verified("h2"), verified("h1"))

    relay_of(kit, ListBus()).step()

    first, _other, second = log(kit)
    assert (first.previous, second.previous) == (GENESIS, first.seal)


def test_the_seals_chain_over_the_whole_log_and_the_stored_bytes(kit: Kit) -> None:
    tell(kit, verified("h1"), HazardPhotoStoredV1(subdistrict="110108005", photo_id="p1"), verified("h1"))

    relay_of(kit, ListBus()).step()

    rows = log(kit)
    for before, row in pairwise(rows):
        expected = seal_of(
            before.seal,
            previous=row.previous,
            position=row.position,
            sequence=row.sequence,
            document=row.document,
        )
        assert row.seal == expected


def test_an_internal_event_has_a_place_in_the_log_and_is_never_sent(kit: Kit) -> None:
    bus = ListBus()
    tell(kit, HazardPhotoStoredV1(subdistrict="110108005", photo_id="p1"), verified("h1"))

    relay_of(kit, bus).step()

    assert [record.subject for record in bus.records] == ["h1"]
    assert log(kit)[0].sequence is None
    with kit.store.read() as session:
        assert count_unsent(session) == 0


def test_what_was_sent_moves_on_only_after_every_acknowledgement(kit: Kit) -> None:
    bus = ListBus()
    tell(kit, verified("h1"), verified("h2"))
    bus.away = True
    with pytest.raises(ConnectionError):
        relay_of(kit, bus).step()
    bus.away = False

    relay_of(kit, bus).step()

    assert [record.subject for record in bus.records] == ["h1", "h1", "h2"]
    with kit.store.read() as session:
        assert count_unsent(session) == 0


def test_a_second_relay_waits_for_the_lease_to_run_out(kit: Kit) -> None:
    tell(kit, verified("h1"))
    relay_of(kit, ListBus(), "one").number()
    tell(kit, verified("h2"))

    early = relay_of(kit, ListBus(), "two").number()
    kit.clock.advance(timedelta(seconds=LEASE_S + 1))
    late = relay_of(kit, ListBus(), "two").number()

    assert (early, late) == (0, 1)


def test_a_lease_that_a_clock_wrote_which_ran_ahead_is_taken_over_once_it_is_set_right(kit: Kit) -> None:
    right = kit.clock.now()
    kit.clock = SettableClock(right + timedelta(days=365))
    tell(kit, verified("h1"))
    relay_of(kit, ListBus(), "one").number()
    kit.clock = SettableClock(right)
    tell(kit, verified("h2"))

    assert relay_of(kit, ListBus(), "two").number() == 1
    with kit.store.read() as session:
        assert is_relaying(session, right)


def test_a_holder_whose_clock_ran_ahead_renews_its_lease_once_it_is_set_right(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = kit.clock.now()
    kit.clock = SettableClock(right + timedelta(days=365))
    tell(kit, verified("h1"))
    relay = relay_of(kit, ListBus(), "one")
    relay.number()

    kit.clock = SettableClock(right)
    monkeypatch.setattr(relay, "_clock", kit.clock)
    tell(kit, verified("h2"))
    relay.number()

    with kit.store.read() as session:
        assert is_relaying(session, right)


def test_a_stale_relay_that_sends_late_does_no_harm(kit: Kit) -> None:
    bus = ListBus()
    tell(kit, verified("h1"), verified("h1"))
    stale = relay_of(kit, bus, "stale")
    stale.number()
    in_hand = stale.unsent()
    kit.clock.advance(timedelta(seconds=LEASE_S + 1))
    tell(kit, verified("h1"))
    relay_of(kit, bus, "fresh").step()

    stale.send(in_hand)
    for record in bus.records:
        kit.apply(record.document)

    assert len(bus.records) == 5
    assert len(kit.effects()) == 3
    with kit.store.read() as session:
        assert count_unsent(session) == 0


def test_a_wire_document_gives_back_the_stored_bytes(kit: Kit) -> None:
    tell(kit, verified("h1"))
    relay_of(kit, ListBus()).step()

    (wire,) = LogReader(kit.store).after(0)

    arrival = read("governance", wire)
    assert isinstance(arrival, Arrival)
    assert stored_document(wire) == log(kit)[0].document


def test_an_event_told_again_under_the_same_id_stands_once(kit: Kit) -> None:
    for _ in range(2):
        with transaction(kit.store, "governance", kit.keys, of_system(kit.clock.now())) as session:
            emit(session, verified("h1"), once="verified")

    assert len(log(kit)) == 1


def test_nothing_is_told_by_a_transaction_that_raises(kit: Kit) -> None:
    with pytest.raises(ZeroDivisionError):
        tell_and_fail(kit)

    assert log(kit) == []


def tell_and_fail(kit: Kit) -> None:
    """Tell an event in a transaction that fails afterwards."""
    with transaction(kit.store, "governance", kit.keys, of_system(kit.clock.now())) as session:
        emit(session, verified("h1"))
        raise ZeroDivisionError


def verified(hazard: str) -> HazardVerifiedV1:
    """Return an event about a hazard."""
    return HazardVerifiedV1(subdistrict="110108005", hazard_id=hazard, rider_id="rider", severity="low")


def tell(kit: Kit, *events: Event) -> None:
    """Tell each event in a transaction of its own."""
    for event in events:
        kit.clock.advance(timedelta(milliseconds=1))
        with transaction(kit.store, "governance", kit.keys, of_system(kit.clock.now())) as session:
            emit(session, event)


def relay_of(kit: Kit, bus: ListBus, holder: str = "one") -> Relay:
    """Return a relay of the store's log."""
    return Relay(kit.store, "governance", bus, kit.clock, holder)


def log(kit: Kit) -> list[Row[Any]]:
    """Return the log's rows in the order they were written."""
    with kit.store.read() as session:
        return list(session.execute(select(event_log).order_by(event_log.c.ordinal)).all())
