"""The end of a schedule: what stands in every service's own tables when all is at rest."""

from typing import Any

from sqlalchemy import LargeBinary, select

from tests.sim.world import Place, World

HISTORY = {"entry", "posting", "lot_use"}
"""How the ledger came to its balances may differ; balances, lots and vouchers may not."""


def end_of(world: World) -> dict[str, list[str]]:
    """Return every row that must not depend on the schedule, by service and table."""
    return {f"{name}.{table}": rows for name, place in world.places.items() for table, rows in _tables(place).items()}


def difference(one: dict[str, list[str]], other: dict[str, list[str]]) -> str:
    """Return the first rows that two ends differ in, empty where they are the same."""
    for table in sorted(one.keys() | other.keys()):
        mine, theirs = set(one.get(table, ())), set(other.get(table, ()))
        if mine != theirs:
            return f"{table}: only in one {sorted(mine - theirs)[:3]}, only in the other {sorted(theirs - mine)[:3]}"
    return ""


def _tables(place: Place) -> dict[str, list[str]]:
    found = {}
    with place.node.snapshot() as session:
        for table in place.node.service.metadata.sorted_tables:
            if table.name in HISTORY:
                continue
            kept = [column for column in table.columns if not isinstance(column.type, LargeBinary)]
            found[table.name] = sorted(_text(row._mapping) for row in session.execute(select(*kept)))
    return found


def _text(row: Any) -> str:
    return ", ".join(f"{name}={value}" for name, value in row.items())
