"""The bus port: how a service's numbered events leave it, and in what form they arrive in others."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
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
    without a partition was fetched from the publisher's log and moves no checkpoint. `anew`: the partition's count has
    begun again below the checkpoint, which follows it back.
    """

    source: str
    documents: tuple[str, ...]
    partition: int | None = None
    first: int = 0
    end: int = 0
    anew: bool = False


DONE: Future[None] = Future()
"""The acknowledgement of a bus that has taken everything when it returns."""
DONE.set_result(None)


class Bus(Protocol):
    """Takes a publisher's events."""

    def publish(self, source: str, records: Sequence[Record]) -> Future[None]:
        """Take records behind those of earlier calls; return what is done when every one is acknowledged.

        It, or the call, fails with a ConnectionError when that is not certain.
        """
        ...


class OpenBus(Bus, Protocol):
    """A bus that stands on connections of its own."""

    def since(self, source: str, moment: datetime) -> list[str]:
        """Return the documents of a publisher that the bus has kept since a moment, in any order, some twice."""
        ...

    def close(self) -> None:
        """Close them."""
        ...
