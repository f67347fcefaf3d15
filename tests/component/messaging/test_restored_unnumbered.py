"""What a copy of a log held without its place, and others have heard since, is not told anew where nobody kept it."""

from sqlalchemy import insert, select

from shared.events.governance import HazardPhotoStoredV1
from shared.messaging.local import PARTITION
from shared.messaging.read_back import Heard, Tail, read_back
from shared.messaging.source import LogReader
from shared.messaging.sweep import SWEPT
from shared.messaging.tables import event_log
from tests.component.messaging.conftest import Kit
from tests.component.messaging.test_read_back import codes, copied, lost
from tests.component.messaging.test_relay import ListBus, log, relay_of, tell, verified

PHOTO = HazardPhotoStoredV1(subdistrict="110108005", photo_id="p1")


def test_what_was_heard_of_has_one_effect_and_its_old_place(kit: Kit) -> None:
    tell(kit, verified("h0"))
    relay_of(kit, ListBus()).step()
    tell(kit, verified("h1"), PHOTO, verified("h1"), verified("h2"))
    whole = told_then_put_back(kit)
    kit.apply(*whole)

    tail = read_back(kit.store, [], heard(kit), kit.clock)
    relay_of(kit, ListBus()).step()
    kit.apply(*LogReader(kit.store).after(0))

    assert tail == Tail(events=0, empty=0, position=5)
    assert LogReader(kit.store).after(0) == whole
    assert kit.effects() == [("h0", "low"), ("h1", "low"), ("h1", "low"), ("h2", "low")]
    assert codes(kit) == []


def test_what_nobody_heard_of_is_told_behind_what_was(kit: Kit) -> None:
    tell(kit, verified("h1"), verified("h2"), verified("h3"))
    whole = told_then_put_back(kit)
    kit.apply(whole[1])
    bus = ListBus()

    read_back(kit.store, [], heard(kit), kit.clock)
    before = [row.position for row in log(kit)]
    relay_of(kit, bus).step()
    relay_of(kit, bus).step()
    kit.apply(*(record.document for record in bus.records))

    assert before == [1, 2, None]
    assert LogReader(kit.store).after(0) == whole
    assert sorted(hazard for hazard, _ in kit.effects()) == ["h1", "h2", "h3"]


def test_an_internal_event_comes_back_to_its_place_among_those_that_the_bus_kept(kit: Kit) -> None:
    tell(kit, verified("h1"), PHOTO, verified("h1"), verified("h2"))
    whole = told_then_put_back(kit)

    tail = read_back(kit.store, whole, Heard(), kit.clock)

    assert tail == Tail(events=3, empty=0, position=4)
    assert [row.position for row in log(kit)] == [1, 2, 3, 4]
    assert codes(kit) == []


def test_an_event_whose_place_another_has_is_told_anew(kit: Kit) -> None:
    tell(kit, PHOTO, verified("h1"))
    whole = told_then_put_back(kit)
    with kit.store.write() as session:
        photo, row = session.execute(select(event_log).order_by(event_log.c.ordinal)).all()
        session.execute(event_log.delete().where(event_log.c.id == photo.id))
        other = {"ordinal": photo.ordinal, "id": "another", "document": row.document.replace(row.id, "another")}
        session.execute(insert(event_log).values(**{**row._mapping, **other}))

    read_back(kit.store, whole, Heard(), kit.clock)
    relay_of(kit, ListBus()).step()

    assert [(row.id == "another", row.position, row.sequence) for row in log(kit)] == [(True, 3, 2), (False, 2, 1)]


def test_a_place_that_cannot_be_the_event_s_own_is_given_once_and_named(kit: Kit) -> None:
    tell(kit, verified("h0"), verified("h1"))
    whole = told_then_put_back(kit)
    kit.apply(*whole)
    known = heard(kit)
    with kit.store.write() as session:
        session.execute(event_log.delete().where(event_log.c.subject == "h0"))

    read_back(kit.store, [], known, kit.clock)
    tell(kit, verified("h1"))
    relay_of(kit, ListBus()).step()
    kit.apply(*LogReader(kit.store).after(0))

    assert kit.effects() == [("h0", "low"), ("h1", "low"), ("h1", "low")]
    assert "seal-broken" in codes(kit)


def told_then_put_back(kit: Kit) -> list[str]:
    """Number what was told, then put back a copy taken before; return all that was published."""
    copy = copied(kit)
    relay_of(kit, ListBus()).step()
    return lost(kit, copy)


def heard(kit: Kit) -> Heard:
    """Return what the kit's own consumer knows of the log."""
    known = Heard()
    with kit.store.read() as session:
        known.add(session, "governance", (SWEPT, PARTITION))
    return known
