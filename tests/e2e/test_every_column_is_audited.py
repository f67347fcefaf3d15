"""Every column of every table is compared with what events tell, or named as one that is not, with the reason."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    and_,
    delete,
    select,
    update,
)
from sqlalchemy.orm import Session

from cheqi.agreement import differences_from_heard
from cheqi.demo.day import Day
from cheqi.demo.proof import audit_day, copied
from cheqi.house import House
from shared.service import Finding
from tests.component.db.ddl import SERVICES, metadata_of
from tests.stores import tampering

TABLES = [(service, table) for service in SERVICES for table in metadata_of(service).sorted_tables]
ROWS_TRIED = 40
LATER = datetime(2099, 1, 1, tzinfo=UTC)
NEW = {Boolean: True, Integer: 1, Text: "x", LargeBinary: b"x", Date: LATER.date()}


@pytest.fixture(scope="module")
def house(played: Day, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return a house on a copy of a day in which something of every kind has happened."""
    audit_day(played)
    copy = copied(played.house.settings.data, Path(tmp_path_factory.mktemp("copy")) / "data")
    made = House(played.house.settings.model_copy(update={"data": copy}), clock=played.clock)
    yield made
    made.stop()


@pytest.mark.parametrize(("service", "table"), TABLES, ids=lambda one: getattr(one, "name", one))
def test_a_column_altered_by_hand_is_named_with_its_row(house: House, service: str, table: Table) -> None:
    unnamed = [
        f"{table.name}.{column.name}"
        for column in table.columns
        if not is_untold(house, service, column) and not is_named_when_altered(house, service, column)
    ]

    assert unnamed == [], "tell it in `told.py` of the service, or say in UNTOLD there why nobody compares it"


@pytest.mark.parametrize(("service", "table"), TABLES, ids=lambda one: getattr(one, "name", one))
def test_a_row_deleted_by_hand_is_named(house: House, service: str, table: Table) -> None:
    if all(is_untold(house, service, column) for column in table.columns):
        return

    with tampering(house.nodes[service].store) as connection:
        row = list_rows(connection, table)[0]
        connection.execute(delete(table).where(is_row(table, row)))

        assert is_found(house, service, connection, row, *table.columns)


def test_what_is_said_not_to_be_compared_is_there(house: House) -> None:
    for service in SERVICES:
        known = {name for table in metadata_of(service).sorted_tables for name in names_of(table)}

        assert set(house.nodes[service].service.audit.untold) <= known


def names_of(table: Table) -> set[str]:
    """Return the names under which a table's columns may be said not to be compared."""
    return {table.name, *(f"{table.name}.{column.name}" for column in table.columns)}


def is_untold(house: House, service: str, column: Column[Any]) -> bool:
    """Tell whether the service says why a column, or its whole table, is not compared."""
    untold = house.nodes[service].service.audit.untold
    return column.table.name in untold or f"{column.table.name}.{column.name}" in untold


def is_named_when_altered(house: House, service: str, column: Column[Any]) -> bool:
    """Alter the column in one row after the other until the audit names one."""
    table = column.table
    assert isinstance(table, Table)
    with tampering(house.nodes[service].store) as connection:
        rows = list_rows(connection, table)
        assert rows, f"nothing in {table.name}: let `tests/e2e/story.py` do what fills it"
    for row in rows:
        with tampering(house.nodes[service].store) as connection:
            connection.execute(update(table).where(is_row(table, row)).values({column.name: other(column, row)}))
            if is_found(house, service, connection, row, column):
                return True
    return False


def findings(house: House, service: str, connection: Connection) -> Iterator[Finding]:
    """Audit one service on a connection, alone and against what it has heard."""
    session, audit = Session(connection), house.nodes[service].service.audit
    yield from audit.check(session)
    for publisher, records in audit.heard.items():
        yield from differences_from_heard(house.nodes[publisher], session, records)


def is_found(house: House, service: str, connection: Connection, row: Row[Any], *altered: Column[Any]) -> bool:
    """Tell whether the audit names an altered row, or finds something where the columns are checked as a sum."""
    audit, table = house.nodes[service].service.audit, altered[0].table.name
    records = [record for told in (audit.told, *audit.heard.values()) for record in told]
    keys = [record.key for record in records if record.table.name == table]
    keys.append(tuple(column.name for column in altered[0].table.primary_key))
    summed = {column.name for column in altered} & set(audit.checked.get(table, "").split())
    for finding in findings(house, service, connection):
        text = f"{finding.subject} {finding.detail}"
        named = any(all(str(row._mapping[name]) in text for name in key) for key in keys)
        if named or summed:
            return True
    return False


def list_rows(connection: Connection, table: Table) -> list[Row[Any]]:
    """Return some rows of a table, the newest first."""
    newest = [column.desc() for column in table.primary_key.columns]
    return list(connection.execute(select(table).order_by(*newest).limit(ROWS_TRIED)))


def is_row(table: Table, row: Row[Any]) -> Any:
    """Return what selects a row."""
    return and_(*(column == row._mapping[column.name] for column in table.primary_key.columns))


def other(column: Column[Any], row: Row[Any]) -> Any:
    """Return another value than the one that stands."""
    stands = row._mapping[column.name]
    if stands is None:
        return NEW.get(type(column.type), LATER)
    if isinstance(stands, bool):
        return not stands
    if isinstance(stands, date):
        return stands + timedelta(days=1)
    return stands + {int: 1, str: "x", bytes: b"x"}[type(stands)]
