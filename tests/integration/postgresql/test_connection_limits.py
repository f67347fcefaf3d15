"""A service whose role has all the connections that it may have: people are told to try again, and nothing fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from shared.db.provisioning import Tenant, provision
from shared.events.training import AttendanceConfirmedV1
from shared.messaging.failures import Failure, kind_of
from tests.component.rewards.stage import HERE, RIDER, Stage
from tests.containers.postgresql import Server
from tests.integration.postgresql.second import beside
from tests.moments import NOON

PASSWORD = "p"
LIMIT = 3


@pytest.fixture
def stage() -> Stage:
    """Return rewards with a rider who has points."""
    stage = Stage()
    stage.earn(60)
    return stage


@pytest.fixture
def role(on_server: Server, stage: Stage) -> Iterator[URL]:
    """Return the address of the stage's store for a role that may have three connections."""
    name = f"limited_{uuid4().hex[:8]}"
    provision(on_server.admin, [Tenant(name, PASSWORD, (), connections=LIMIT)])
    with _connected(stage.bench.store.engine.url) as connection:
        for kind in ("TABLES", "SEQUENCES"):
            connection.execute(f"GRANT ALL ON ALL {kind} IN SCHEMA public TO {name}")
    yield stage.bench.store.engine.url.set(username=name, password=PASSWORD)
    with _connected(stage.bench.store.engine.url) as connection:
        connection.execute(f"DROP OWNED BY {name}")
        connection.execute(f"DROP ROLE {name}")


def test_a_command_beyond_the_limit_is_to_be_repeated_and_holds_then(
    on_server: Server, stage: Stage, role: URL
) -> None:
    wanted = {"offer_id": stage.offer()}

    with beside(stage.bench, role) as limited:
        http, key = limited.http(RIDER), {"Idempotency-Key": "k"}
        with _all_taken(on_server, role):
            refused = http.post("/api/rewards/vouchers", json=wanted, headers=key)
        repeated = http.post("/api/rewards/vouchers", json=wanted, headers=key)

    assert (refused.status_code, refused.json()["type"]) == (503, "https://cheqi.cn/problems/busy")
    assert "Retry-After" in refused.headers
    assert repeated.status_code == 201


def test_an_event_beyond_the_limit_is_applied_later(on_server: Server, stage: Stage, role: URL) -> None:
    publisher = stage.bench.publisher("training")
    attended = AttendanceConfirmedV1(subdistrict=HERE, class_id="class-9", course_id="x", rider_id=RIDER.id)
    run = publisher.run(publisher.document(attended, NOON))

    with beside(stage.bench, role) as limited:
        with _all_taken(on_server, role), pytest.raises(DBAPIError) as refused:
            limited.consumer.apply(run)
        limited.consumer.apply(run)

    assert "too many connections for role" in str(refused.value)
    assert kind_of(refused.value) is Failure.TRANSIENT
    assert stage.balance() == (70, 0, 0)


@contextmanager
def _all_taken(server: Server, role: URL) -> Iterator[None]:
    """Let others have all connections of a role while the block runs, and wait until they are free again."""
    taken = [_connected(role) for _ in range(LIMIT)]
    yield
    for one in taken:
        server.execute(f"SELECT pg_terminate_backend({one.info.backend_pid}, 5000)")
        one.close()


def _connected(url: URL) -> psycopg.Connection:
    return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
