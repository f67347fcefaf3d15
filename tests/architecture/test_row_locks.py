"""Rows are locked in one way, which reads them anew: what a session knew of one may have changed meanwhile."""

import ast
from collections.abc import Sequence

from tests.architecture.tree import PRODUCT, Source, sources

PLACE = "shared/db/locks.py"


def locks(files: Sequence[Source]) -> list[str]:
    """Return the files in which rows are locked as SQLAlchemy does it."""
    return [
        file.path
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Attribute | ast.keyword) and name_of(node) == "with_for_update"
    ]


def name_of(node: ast.Attribute | ast.keyword) -> str | None:
    """Return the name of an attribute or of an argument."""
    return node.attr if isinstance(node, ast.Attribute) else node.arg


def test_rows_are_locked_in_one_place() -> None:
    assert locks(sources(*PRODUCT)) == [PLACE]


def test_a_lock_of_another_kind_is_seen() -> None:
    file = Source("services/a.py", "row = session.get(Row, 1, with_for_update=True)\n")

    assert locks([file]) == ["services/a.py"]
