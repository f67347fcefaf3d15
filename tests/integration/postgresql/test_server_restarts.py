"""The server goes away and comes back: nothing is parked, and work goes on where it stood."""

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import DBAPIError

from shared.events.training import AttendanceConfirmedV1
from shared.messaging.failures import Failure, kind_of
from tests.component.rewards.stage import HERE, RIDER, Stage
from tests.containers.postgresql import Server
from tests.moments import NOON


@pytest.fixture
def own_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Return a server of the test's own, which it may stop."""
    own = Server()
    monkeypatch.setattr("tests.stores.server", lambda: own)
    yield own
    own.stop()


def test_nothing_is_parked_while_the_server_is_away_and_work_goes_on_afterwards(own_server: Server) -> None:
    stage = Stage()
    stage.earn(10)
    publisher = stage.bench.publisher("training")
    attended = AttendanceConfirmedV1(subdistrict=HERE, class_id="class-2", course_id="x", rider_id="rider-1")
    run = publisher.run(publisher.document(attended, NOON))

    with own_server.away(), pytest.raises(DBAPIError) as away:
        stage.bench.consumer.apply(run)
    stage.bench.consumer.apply(run)

    assert kind_of(away.value) is Failure.TRANSIENT
    assert stage.balance() == (20, 0, 0)
    assert stage.findings() == []


def test_commands_are_refused_for_now_while_the_server_is_away(own_server: Server) -> None:
    stage = Stage()
    offer_id = stage.offer()

    with own_server.away():
        answer = stage.post(RIDER, "/vouchers", {"offer_id": offer_id})

    assert answer.status_code == 503
