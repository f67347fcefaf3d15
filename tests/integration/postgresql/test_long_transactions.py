"""What takes long by its nature is not ended by the limits that hold for everybody's transactions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from shared.db.server import WRITING
from shared.messaging.read_back import Heard, Tail, read_back
from tests.component.messaging.conftest import Kit, make_kit
from tests.component.messaging.test_read_back import told_then_copied, told_then_lost
from tests.component.messaging.test_relay import verified
from tests.component.messaging.year import year_of

SLOW_DELETE = """
CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.6); RETURN NULL; END $$;
CREATE TRIGGER slow BEFORE DELETE ON event_log FOR EACH STATEMENT EXECUTE FUNCTION be_slow();
"""


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kit]:
    """Return a kit whose server ends what writes when it rests, or works on one statement, for half a second."""
    monkeypatch.setitem(WRITING, "idle_in_transaction_session_timeout", "500ms")
    monkeypatch.setitem(WRITING, "statement_timeout", "500ms")
    made = make_kit()
    yield made
    made.store.close()


def test_a_month_that_takes_long_to_delete_is_archived(hurried: Kit, tmp_path: Path) -> None:
    year = year_of(hurried, tmp_path, counts=(3,))
    with hurried.store.engine.begin() as connection:
        connection.execute(text(SLOW_DELETE))

    moved = year.archive("2026-10")

    assert moved == ["2026-09"]
    assert year.rows() == []


def test_a_tail_that_takes_long_to_come_is_read_back(hurried: Kit) -> None:
    copy = told_then_copied(hurried, verified("h1"))
    whole = told_then_lost(hurried, copy, verified("h2"))

    tail = read_back(hurried.store, slowly(hurried, whole), Heard(), hurried.clock)

    assert tail == Tail(events=1, empty=0, position=2)


def slowly(kit: Kit, documents: list[str]) -> Iterator[str]:
    """Yield documents, more than half a second apart."""
    for document in documents:
        with kit.store.read() as session:
            session.execute(text("SELECT pg_sleep(0.6)"))
        yield document
