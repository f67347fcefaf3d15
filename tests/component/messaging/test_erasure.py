"""A rider is forgotten when that is told, whatever of the rider's events waits or is parked."""

import pytest

from shared.events.envelope import Event
from shared.events.erasure import RiderDataErasedV1
from shared.events.registration import RiderErasedV1, RiderMovedV1
from shared.keys.ring import KeyDestroyedError
from shared.messaging.tables import event_log, tombstone
from tests.component.messaging.conftest import Kit
from tests.moments import NOON
from tests.publisher import Publisher

ERASED = RiderErasedV1(subdistrict="110108005", rider_id="r1")
MOVED = RiderMovedV1(subdistrict="110108005", rider_id="r1", previous_subdistrict="110108001")


def test_an_erasure_in_its_place_destroys_the_key_and_tells_a_receipt(kit: Kit) -> None:
    sealed = kit.keys.seal_text("r1", "note", "words")

    apply(kit, documents(ERASED))

    assert set(kit.service.erased) == {"r1"}
    assert (kit.count(tombstone), receipts(kit)) == (1, 1)
    with pytest.raises(KeyDestroyedError):
        kit.keys.open_text("r1", "note", sealed)


def test_an_erasure_above_a_hole_is_applied_at_once_and_again_in_its_place(kit: Kit) -> None:
    missing, erased = documents(MOVED, ERASED)

    apply(kit, [erased])
    at_once = list(kit.service.erased)
    apply(kit, [missing])

    assert at_once == ["r1"]
    assert kit.service.erased == ["r1", "r1"]
    assert receipts(kit) == 1


def test_a_redelivered_erasure_changes_nothing(kit: Kit) -> None:
    told = documents(ERASED)

    apply(kit, told)
    before = list(kit.service.erased)
    apply(kit, told)

    assert kit.service.erased == before


def test_an_erasure_whose_history_differs_is_applied_all_the_same(kit: Kit) -> None:
    (told,) = documents(ERASED)

    apply(kit, [told.replace('"previous":"0', '"previous":"f')])

    assert kit.service.erased == ["r1"]


def documents(*events: Event) -> list[str]:
    """Return events of registration as documents."""
    registration = Publisher("registration")
    return [registration.document(event, NOON) for event in events]


def apply(kit: Kit, told: list[str]) -> None:
    """Apply documents of registration as one run."""
    kit.consumer.apply(Publisher("registration").run(*told))


def receipts(kit: Kit) -> int:
    """Return how many receipts the service has told."""
    with kit.store.read() as session:
        rows = session.execute(event_log.select()).all()
    return sum(row.type == RiderDataErasedV1.type_name() for row in rows)
