"""A log that was altered, cut or extended by hand is found, and the place is named."""

from collections.abc import Callable

import pytest
from sqlalchemy import Update, delete, update

from shared.messaging.integrity import Break, breaks
from shared.messaging.tables import event_log, head, relay_lease
from tests.component.messaging.conftest import Kit
from tests.component.messaging.test_relay import ListBus, log, relay_of, tell, verified


def test_a_whole_log_has_no_breaks(kit: Kit) -> None:
    written(kit)

    assert codes(kit) == set()


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (lambda: change(2).values(document=event_log.c.document + " "), {"seal-broken"}),
        (lambda: change(2).values(seal="f" * 64), {"seal-broken", "head-differs"}),
        (lambda: change(3).values(previous="f" * 64), {"seal-broken"}),
        (lambda: delete(event_log).where(event_log.c.position == 2), {"log-gap", "seal-broken", "head-differs"}),
        (lambda: delete(event_log).where(event_log.c.position == 1), {"log-gap", "subject-gap", "seal-broken"}),
        (lambda: delete(event_log).where(event_log.c.position == 3), {"head-differs", "tail-differs"}),
        (lambda: delete(head).where(head.c.subject == "h2"), {"head-differs"}),
        (lambda: update(relay_lease).values(position=9), {"tail-differs"}),
    ],
)
def test_what_was_altered_by_hand_is_found(kit: Kit, tamper: Callable[[], Update], expected: set[str]) -> None:
    written(kit)
    with kit.store.write() as session:
        session.execute(tamper())

    assert codes(kit) == expected


def test_the_altered_event_is_named(kit: Kit) -> None:
    written(kit)
    second = log(kit)[1].id
    with kit.store.write() as session:
        session.execute(change(2).values(document='{"points":1000000}'))

    assert found(kit)[0].subject == second


def written(kit: Kit) -> None:
    """Write three events of two subjects and let the relay seal them."""
    tell(kit, verified("h1"), verified("h2"), verified("h1"))
    relay_of(kit, ListBus()).step()


def change(position: int) -> Update:
    """Return an update of one row of the log."""
    return update(event_log).where(event_log.c.position == position)


def found(kit: Kit) -> list[Break]:
    """Return the breaks of the log."""
    with kit.store.read() as session:
        return list(breaks(session))


def codes(kit: Kit) -> set[str]:
    """Return the codes of the breaks."""
    return {one.code for one in found(kit)}
