"""Locking rows."""

from typing import Any, TypeVar

from sqlalchemy import Select

S = TypeVar("S", bound=Select[Any])


def locked(wanted: S, *, free_only: bool = False) -> S:
    """Select rows and lock them until the transaction ends, with `free_only` just those that nobody else has locked.

    What the session knew of a row is read anew, since it may have changed before the lock was had.
    """
    return wanted.with_for_update(skip_locked=free_only).execution_options(populate_existing=True)
