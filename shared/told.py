"""How the rows of tables follow from events: a record says it of one table, and an audit compares the two."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import DeclarativeBase

from shared.events.envelope import Envelope, Event

Key = tuple[Any, ...]
Columns = dict[str, Any]
Step = Callable[["Rows", Any, Envelope], None]


class Rows(dict[Key, Columns]):
    """The rows of one table as events imply them, by key; a column that is not in a row is not told.

    `notes` keeps what a step must know again at a later event.
    """

    def __init__(self) -> None:
        super().__init__()
        self.notes: dict[Any, Any] = {}

    def put(self, *key: Any, **columns: Any) -> None:
        """Let a row say something from now on, whether or not it was told of before."""
        self.setdefault(key, {}).update(columns)


@dataclass(frozen=True, kw_only=True)
class Record:
    """How the rows of a table follow from events, by a step for each class of them.

    `key` names the columns that a step finds a row by. `rider` names the column that says whose a row is; once that
    rider is erased, a row says what `erased` does, or is deleted where that is None. `otherwise` is what rows say that
    no event tells of; None where there are none. Where `only` names a column, rows in which it is not set are passed
    over, as are those of erased riders without whom their key is not whole.
    """

    model: type[DeclarativeBase] | Table
    key: tuple[str, ...] = ("id",)
    steps: Mapping[type[Event], Step]
    rider: str | None = "rider_id"
    erased: Columns | None = None
    only: str | None = None
    otherwise: Columns | None = None

    @property
    def table(self) -> Table:
        """The table that it is about."""
        return self.model if isinstance(self.model, Table) else self.model.metadata.tables[self.model.__tablename__]
