"""A store that was put back to an older copy reads its log's tail back: each event in its place, none told twice."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select

from shared.events.envelope import Event
from shared.events.governance import HazardPhotoStoredV1
from shared.messaging.integrity import breaks
from shared.messaging.marks import Mark
from shared.messaging.read_back import (
    ForkedHistoryError,
    Heard,
    NotReadBackError,
    Tail,
    let_run,
    mark_restored,
    read_back,
    refuse_restored,
)
from shared.messaging.relay import RelayStoppedError
from shared.messaging.source import LogReader
from shared.messaging.tables import event_log, head, relay_lease
from tests.component.messaging.conftest import Kit
from tests.component.messaging.test_relay import ListBus, log, relay_of, tell, verified
from tests.moments import NOON

TABLES = (event_log, head, relay_lease)
PHOTO = HazardPhotoStoredV1(subdistrict="110108005", photo_id="p1")
Copy = dict[Table, Sequence[dict[str, Any]]]


def test_the_log_is_what_it_was_after_its_tail_was_read_back(kit: Kit) -> None:
    copy = told_then_copied(kit, verified("h1"), verified("h2"))
    whole = told_then_lost(kit, copy, verified("h1"), verified("h3"))

    tail = back(kit, whole)

    assert tail == Tail(events=2, empty=0, position=4)
    assert LogReader(kit.store).after(0) == whole
    assert codes(kit) == []


def test_what_is_told_next_follows_what_was_read_back(kit: Kit) -> None:
    copy = told_then_copied(kit, verified("h1"))
    back(kit, told_then_lost(kit, copy, verified("h1")))

    tell(kit, verified("h1"))
    relay_of(kit, ListBus()).step()

    assert [(row.position, row.sequence) for row in log(kit)] == [(1, 1), (2, 2), (3, 3)]
    assert codes(kit) == []


def test_an_event_that_the_copy_held_without_its_place_is_given_the_place_that_it_got(kit: Kit) -> None:
    tell(kit, verified("h1"))
    copy = copied(kit)
    tell(kit, verified("h2"))
    relay_of(kit, ListBus()).step()
    whole = lost(kit, copy)

    back(kit, whole)

    assert LogReader(kit.store).after(0) == whole
    assert [row.position for row in log(kit)] == [1, 2]


def test_reading_back_again_and_what_the_bus_holds_twice_change_nothing(kit: Kit) -> None:
    copy = told_then_copied(kit, verified("h1"))
    whole = told_then_lost(kit, copy, verified("h2"))

    back(kit, [*whole, *reversed(whole)])
    again = back(kit, whole)

    assert again == Tail(events=0, empty=0, position=2)
    assert LogReader(kit.store).after(0) == whole


def test_places_of_what_was_never_published_stay_empty_and_are_named(kit: Kit) -> None:
    copy = told_then_copied(kit, verified("h1"))
    whole = told_then_lost(kit, copy, PHOTO, verified("h2"))

    tail = back(kit, whole)

    assert tail == Tail(events=1, empty=1, position=3)
    assert codes(kit) == ["log-gap", "seal-broken"]


def test_numbers_go_on_above_what_others_have_applied_or_read_although_nobody_kept_it(kit: Kit) -> None:
    copy = told_then_copied(kit, verified("h1"))
    whole = told_then_lost(kit, copy, verified("h1"), verified("h2"))
    heard = Heard(position=3, marks={"h1": Mark(2, "a" * 64), "h0": Mark(0, "0" * 64)})

    read_back(kit.store, whole[:1], heard, kit.clock)
    tell(kit, verified("h1"))
    relay_of(kit, ListBus()).step()

    last = log(kit)[-1]
    assert (last.position, last.sequence, last.previous) == (4, 3, "a" * 64)


def test_a_copy_on_which_a_service_ran_before_is_not_joined_to_the_tail(kit: Kit) -> None:
    copy = told_then_copied(kit, verified("h1"))
    whole = told_then_lost(kit, copy, verified("h1"), verified("h2"), verified("h3"))
    tell(kit, verified("h9"))
    relay_of(kit, ListBus()).step()

    with pytest.raises(ForkedHistoryError, match="position 2 in this store"):
        back(kit, whole)
    with pytest.raises(ForkedHistoryError, match="position 3 was not sealed after"):
        back(kit, whole[2:])

    assert [row.subject for row in log(kit)] == ["h1", "h9"]


def test_two_events_in_one_place_are_refused(kit: Kit) -> None:
    copy = told_then_copied(kit, verified("h1"))
    whole = told_then_lost(kit, copy, verified("h2"))
    tell(kit, verified("h3"))
    relay_of(kit, ListBus()).step()
    other = lost(kit, copy)

    with pytest.raises(ForkedHistoryError, match="position 2"):
        back(kit, [*whole, *other])


def test_a_relay_that_stopped_goes_on_once_the_tail_was_read_back(kit: Kit) -> None:
    copy = told_then_copied(kit, verified("h1"))
    whole = told_then_lost(kit, copy, verified("h2"))
    relay = relay_of(kit, ListBus())
    with pytest.raises(RelayStoppedError):
        relay.check(whole)

    back(kit, whole)

    relay.check(whole)


def test_a_store_that_was_put_back_is_refused_until_it_may_run(kit: Kit) -> None:
    with kit.store.write() as session:
        mark_restored(session, "stores-1", NOON)
    with kit.store.read() as session, pytest.raises(NotReadBackError, match="the backup stores-1"):
        refuse_restored(session, "governance")

    with kit.store.write() as session:
        let_run(session)

    with kit.store.read() as session:
        refuse_restored(session, "governance")


def told_then_copied(kit: Kit, *events: Event) -> Copy:
    """Tell and number events, then take a copy of the log."""
    tell(kit, *events)
    relay_of(kit, ListBus()).step()
    return copied(kit)


def told_then_lost(kit: Kit, copy: Copy, *events: Event) -> list[str]:
    """Tell and number more events, then put the copy back; return all that was published."""
    tell(kit, *events)
    relay_of(kit, ListBus()).step()
    return lost(kit, copy)


def copied(kit: Kit) -> Copy:
    """Return the rows of the log, its heads and its lease."""
    with kit.store.read() as session:
        return {table: [dict(row._mapping) for row in session.execute(select(table))] for table in TABLES}


def lost(kit: Kit, copy: Copy) -> list[str]:
    """Put a copy back; return all that was published before."""
    published = LogReader(kit.store).after(0)
    with kit.store.write() as session:
        for table, rows in copy.items():
            session.execute(delete(table))
            if rows:
                session.execute(insert(table), rows)
    return published


def back(kit: Kit, documents: list[str]) -> Tail:
    """Read documents back."""
    return read_back(kit.store, documents, Heard(), kit.clock)


def codes(kit: Kit) -> list[str]:
    """Return the codes of the log's breaks."""
    with kit.store.read() as session:
        return [one.code for one in breaks(session)]
