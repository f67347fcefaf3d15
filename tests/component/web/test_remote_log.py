"""Another service's log over its API is the same log."""

import pytest

from shared.auth import Principal, Role
from shared.events.training import CourseOrderedV1
from shared.messaging import emit
from shared.messaging.local import LocalBus
from shared.messaging.source import Source
from shared.web.client import ServiceClient, ServiceUnavailableError
from shared.web.remote_log import RemoteLog
from tests.harness import Bench
from tests.tokens import bearer

READER = Principal("rewards", Role.SERVICE, scopes=frozenset({"events:read"}))
STRANGER = Principal("rewards", Role.SERVICE, scopes=frozenset({"rider.phone:read"}))


class Token:
    """A token that was got already."""

    def __init__(self, bench: Bench, principal: Principal) -> None:
        self._token = bearer(principal, bench.service.name, bench.clock)

    def token(self) -> str:
        """Return it."""
        return self._token


def remote(bench: Bench, principal: Principal = READER) -> Source:
    """Return the log of the service under test as another service reads it."""
    return RemoteLog(ServiceClient(bench.http(), Token(bench, principal)), bench.service.name)


def tell(bench: Bench, *orders: str) -> None:
    """Let the service tell of orders, and number them."""
    with bench.command(READER) as session:
        for order in orders:
            emit(session, CourseOrderedV1(subdistrict="110108005", order_id=order, rider_id="r1", course_id="c1"))
    bench.node.relay(LocalBus(lambda: None), "test").step()


def test_the_log_read_over_http_is_the_log(bench: Bench) -> None:
    tell(bench, "o1", "o2", "o3")
    far, near = remote(bench), bench.node.log

    assert far.after(0) == near.after(0) != []
    assert far.after(1, limit=1) == near.after(1, limit=1)
    assert far.heads(1) == near.heads(1) != []
    some = {"o2": 0, "o3": 1, "o1": 0}
    assert far.of_subjects(some) == near.of_subjects(some) == [near.after(0)[0], near.after(0)[1]]
    assert far.of_subjects(some, limit=1) == near.after(0, limit=1)
    assert far.of_subjects({"o2": 1}) == []


def test_a_refusal_and_an_outage_are_not_an_empty_log(bench: Bench) -> None:
    tell(bench, "o1")

    with pytest.raises(ServiceUnavailableError, match="403 forbidden"):
        remote(bench, STRANGER).after(0)
