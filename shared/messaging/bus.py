"""The bus port: how a service's numbered events leave it, and in what form they arrive in others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Record:
    """One event on its way: its subject decides the partition, its document is the value."""

    subject: str
    document: str


@dataclass(frozen=True)
class Run:
    """Consecutive events of one partition of a publisher's topic, as they arrived.

    `first` is where the run before it ended and `end` where the next begins, in the partition's own count; a run
    without a partition was fetched from the publisher's log and moves no checkpoint.
    """

    source: str
    documents: tuple[str, ...]
    partition: int | None = None
    first: int = 0
    end: int = 0


class Bus(Protocol):
    """Takes a publisher's events."""

    def publish(self, source: str, records: Sequence[Record]) -> None:
        """Return when every record is acknowledged; raises a ConnectionError when that is not certain."""
        ...
