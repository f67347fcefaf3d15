"""Giving a row what a request asks for, and knowing whether that was anything new."""

from collections.abc import Mapping


def give(row: object, wanted: Mapping[str, object]) -> tuple[str, ...]:
    """Let a row have the wanted values; return the names of those that it did not have before, none if all stood."""
    changed = tuple(name for name, value in wanted.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, wanted[name])
    return changed
