"""A connection that the server ends, at any statement: what was begun is done again, nothing is lost or doubled."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import psycopg
import pytest
from sqlalchemy import MetaData, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from shared.db import server
from shared.db.store import Store
from shared.events.training import AttendanceConfirmedV1
from shared.messaging.bus import Run
from shared.messaging.failures import Failure, kind_of
from tests.component.rewards.stage import HERE, Stage
from tests.moments import NOON
from tests.stores import STORES


def test_a_connection_that_is_ended_at_each_statement_of_a_run_loses_and_doubles_nothing() -> None:
    stage = Stage()
    publisher, killed = stage.bench.publisher("training"), 0
    for nth in count(1):
        attended = AttendanceConfirmedV1(subdistrict=HERE, class_id=f"class-{nth}", course_id="x", rider_id="rider-1")
        run = publisher.run(publisher.document(attended, NOON))
        with _ended_before_statement(stage.bench.store, nth) as ended:
            _apply_patiently(stage, run)
        assert stage.balance() == (10 * nth, 0, 0)
        if not ended:
            break
        killed += 1

    assert killed > 10
    assert stage.findings() == []


def test_a_connection_that_was_ended_while_it_rested_is_replaced_before_it_is_used() -> None:
    stage = Stage()
    store = stage.bench.store
    with store.write() as session:
        rested = session.scalar(text("SELECT pg_backend_pid()"))
    _end(store, rested)

    with store.write() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != rested


def test_a_process_that_was_frozen_in_a_transaction_has_lost_it_and_may_try_again() -> None:
    stage = Stage()

    def freeze() -> None:
        with stage.bench.store.write() as session:
            session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '50ms'"))
            _wait_until_ended(stage.bench.store, session.scalar(text("SELECT pg_backend_pid()")))
            session.execute(text("SELECT 1"))

    with pytest.raises(DBAPIError) as lost:
        freeze()

    assert kind_of(lost.value) is Failure.TRANSIENT


@pytest.mark.parametrize("state", ["08006", "25P03", "25P04", "40001", "40P01", "55P03", "57014", "57P01", "57P03"])
def test_what_the_server_may_grant_the_next_time_is_tried_again(state: str) -> None:
    error = psycopg.errors.lookup(state)()

    assert kind_of(DBAPIError("SELECT 1", {}, error)) is Failure.TRANSIENT


def test_a_connection_that_does_not_come_free_in_time_is_waited_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "CONNECTIONS_MAX", 1)
    monkeypatch.setattr(server, "CONNECTION_WAIT_S", 0.05)
    store = STORES.new("busy", MetaData())

    with store.write() as session, store.write() as another:
        session.execute(text("SELECT 1"))
        with pytest.raises(SQLAlchemyError) as waited:
            another.execute(text("SELECT 1"))

    assert kind_of(waited.value) is Failure.TRANSIENT
    store.close()


def _apply_patiently(stage: Stage, run: Run) -> None:
    """Apply a run as a worker does: what is transient is tried again."""
    try:
        stage.bench.consumer.apply(run)
    except DBAPIError as error:
        if kind_of(error) is not Failure.TRANSIENT:
            raise
        stage.bench.consumer.apply(run)


@contextmanager
def _ended_before_statement(store: Store, nth: int) -> Iterator[list[int]]:
    """End the connection before the nth statement of the block; yield a list that then holds its process."""
    seen, ended = count(1), list[int]()

    def end(_connection: object, cursor: psycopg.Cursor, *_about: object) -> None:
        if next(seen) == nth:
            ended.append(cursor.connection.info.backend_pid)
            _end(store, ended[0])

    event.listen(store.engine, "before_cursor_execute", end)
    try:
        yield ended
    finally:
        event.remove(store.engine, "before_cursor_execute", end)


def _end(store: Store, process: int) -> None:
    with _administrator(store) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [process])


def _wait_until_ended(store: Store, process: int) -> None:
    with _administrator(store) as connection:
        while connection.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [process]).fetchone():
            connection.execute("SELECT pg_sleep(0.02)")


def _administrator(store: Store) -> psycopg.Connection:
    url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True)
