"""What was altered by hand is found, and logs that are read again change nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from cheqi.audit import audit_house
from cheqi.demo.day import Day
from cheqi.demo.proof import altered_posting, audit_day, copied
from cheqi.house import House
from shared.messaging.archive import archive_log, month_of
from shared.messaging.local import PARTITION
from shared.messaging.seal import GENESIS, seal_of
from shared.messaging.tables import checkpoint, event_log

Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def copy(played: Day, tmp_path: Path) -> Path:
    """Return a copy of the day's data folder."""
    audit_day(played)
    return copied(played.house.settings.data, tmp_path / "data")


def findings(played: Day, copy: Path) -> list[str]:
    """Audit a copy, each finding as text."""
    house = House(played.house.settings.model_copy(update={"data": copy}), clock=played.clock)
    try:
        return [str(one) for one in audit_house(house)]
    finally:
        house.stop()


def altered(database: Path, *statements: str, about: str) -> str:
    """Run statements by hand in a database; `?` in them stands for what `about` selects, which is returned."""
    with closing(sqlite3.connect(database)) as connection, connection:
        subject = str(connection.execute(about).fetchone()[0])
        for statement in statements:
            connection.execute(statement, (subject,) * statement.count("?"))
    return subject


def alter_one_posting(folder: Path) -> str:
    """Give a rider points in one posting."""
    return altered_posting(folder / "rewards.db")


def alter_both_sides(folder: Path) -> str:
    """Give a rider points in an award, take them from the other side, and mend balance and lot to agree."""
    return altered(
        folder / "rewards.db",
        "UPDATE posting SET points = points - 5 WHERE ? LIKE '%/' || entry_id AND account LIKE 'subdistrict/%'",
        "UPDATE balance SET available = available + 5, earned_total = earned_total + 5 "
        "WHERE ? LIKE 'rider/' || rider_id || '/available/%'",
        "UPDATE lot SET points = points + 5 WHERE ? LIKE '%/' || entry_id",
        "UPDATE posting SET points = points + 5 WHERE account || '/' || entry_id = ?",
        about="SELECT account || '/' || entry_id FROM posting JOIN entry ON entry.id = entry_id WHERE kind = 'award' "
        "AND account LIKE 'rider/%/available' "
        "AND (SELECT count(*) FROM posting AS o WHERE o.entry_id = entry.id AND o.account LIKE 'subdistrict/%') = 1",
    )


def alter_told_event(folder: Path) -> str:
    """Rewrite what an event in the log tells."""
    return altered(
        folder / "rewards.db",
        """UPDATE event_log SET document = replace(document, '"points":10', '"points":90') WHERE id = ?""",
        about="""SELECT id FROM event_log WHERE document LIKE '%points-awarded%"points":10%' LIMIT 1""",
    )


def drop_certificate(folder: Path) -> str:
    """Delete a certificate that was issued."""
    return altered(
        folder / "training.db",
        "DELETE FROM certificate_name WHERE certificate_id = ?",
        "DELETE FROM certificate WHERE id = ?",
        about="SELECT id FROM certificate WHERE revoked_at IS NULL LIMIT 1",
    )


def unredeem_voucher(folder: Path) -> str:
    """Make a redeemed voucher good again."""
    return altered(
        folder / "rewards.db",
        "UPDATE voucher SET state = 'issued', ended_at = NULL WHERE id = ?",
        about="SELECT id FROM voucher WHERE state = 'redeemed' LIMIT 1",
    )


def unverify_hazard(folder: Path) -> str:
    """Make a verified report open again."""
    return altered(
        folder / "governance.db",
        "UPDATE hazard SET state = 'reported', outcome = NULL, decided_at = NULL WHERE id = ?",
        about="SELECT id FROM hazard WHERE state = 'verified' LIMIT 1",
    )


def seal_anew(folder: Path) -> str:
    """Let another person have done something, and seal the whole log again as if it had always said so."""
    with closing(sqlite3.connect(folder / "governance.db")) as connection, connection:
        subject = str(connection.execute("SELECT subject FROM event_log WHERE sequence = 1 LIMIT 1").fetchone()[0])
        connection.execute(
            'UPDATE event_log SET document = replace(document, \'"actor":"\', \'"actor":"x\') WHERE subject = ?',
            (subject,),
        )
        last, heads = GENESIS, dict[str, str]()
        rows = "SELECT position, sequence, subject, document FROM event_log WHERE position > 0 ORDER BY position"
        for position, sequence, about, document in connection.execute(rows).fetchall():
            previous = None if sequence is None else heads.get(about, GENESIS)
            last = seal_of(last, previous=previous, position=position, sequence=sequence, document=document)
            if sequence is not None:
                heads[about] = last
            connection.execute(
                "UPDATE event_log SET previous = ?, seal = ? WHERE position = ?", (previous, last, position)
            )
        connection.executemany("UPDATE head SET seal = ? WHERE subject = ?", [(seal, of) for of, seal in heads.items()])
        connection.execute("UPDATE relay_lease SET seal = ?", (last,))
    return subject


ALTERATIONS = (
    seal_anew,
    alter_one_posting,
    alter_both_sides,
    alter_told_event,
    drop_certificate,
    unredeem_voucher,
    unverify_hazard,
)


def test_the_audit_of_an_untouched_copy_finds_nothing(played: Day, copy: Path) -> None:
    found = findings(played, copy)

    assert found == []


@pytest.mark.parametrize("alter", ALTERATIONS, ids=lambda alter: str(alter.__name__))
def test_what_is_altered_by_hand_is_found_and_named(played: Day, copy: Path, alter: Callable[[Path], str]) -> None:
    subject = alter(copy)

    found = findings(played, copy)

    assert [one for one in found if subject in one], found


def test_every_log_read_twice_from_its_beginning_changes_nothing(played: Day, copy: Path) -> None:
    house = House(played.house.settings.model_copy(update={"data": copy}), clock=played.clock)
    before, read_to = rows_of(house), positions_of(house)

    for _ in range(2):
        forget_checkpoints(house)
        house.settle()
        assert positions_of(house) == read_to

    after = rows_of(house)
    house.stop()
    assert before["rewards.posting"]
    assert before["training.certificate"]
    assert before["notify.notice"]
    assert after == before


def test_logs_that_were_archived_are_audited_and_read_again_as_before(played: Day, copy: Path) -> None:
    house = House(played.house.settings.model_copy(update={"data": copy}), clock=played.clock)
    before, month_later = rows_of(house), played.clock.now() + timedelta(days=31)
    for node in house.nodes.values():
        archive_log(node.store, month_of(month_later), month_later, lambda _month: None)

    found = audit_house(house)
    forget_checkpoints(house)
    house.settle()

    after = rows_of(house)
    house.stop()
    logs = {name for name in before if name.endswith(".event_log")}
    assert found == []
    assert all(before[name] and not after[name] for name in logs)
    assert {name: after[name] for name in after.keys() - logs} == {name: before[name] for name in before.keys() - logs}


def forget_checkpoints(house: House) -> None:
    """Let every consumer read every log from its beginning; its marks stay."""
    for node in house.nodes.values():
        with node.store.write() as session:
            session.execute(delete(checkpoint))


def positions_of(house: House) -> Rows:
    """Return how far every consumer has read every log."""
    found: Rows = {}
    for name, node in house.nodes.items():
        with node.store.read() as session:
            rows = session.execute(
                select(checkpoint).where(checkpoint.c.partition == PARTITION).order_by(checkpoint.c.source)
            )
            found[name] = [tuple(row) for row in rows]
    return found


def rows_of(house: House) -> Rows:
    """Return every row of every service's own tables, and of its log."""
    found: Rows = {}
    for name, node in house.nodes.items():
        with node.store.read() as session:
            for table in (*node.service.metadata.sorted_tables, event_log):
                rows = session.execute(select(table).order_by(*table.primary_key.columns))
                found[f"{name}.{table.name}"] = [tuple(row) for row in rows]
    return found
