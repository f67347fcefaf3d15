"""The local bus: in one process, each consumer reads the publishers' logs by position."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime

from shared.db.store import Store
from shared.messaging import marks
from shared.messaging.arrivals import Arrival, read
from shared.messaging.bus import DONE, Record, Run
from shared.messaging.consumer import Consumer
from shared.messaging.lag import count_missing
from shared.messaging.source import Source

PARTITION = 0
SUBJECTS_MAX = 5000


class LocalBus:
    """Publishing is being in the log: there is nothing to send, only somebody to wake."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def publish(self, source: str, records: Sequence[Record]) -> Future[None]:  # noqa: ARG002 - the port's signature
        """Wake whoever reads the logs."""
        self._wake()
        return DONE

    def since(self, source: str, moment: datetime) -> list[str]:  # noqa: ARG002 - the port's signature
        """Return nothing: it keeps nothing beside the logs."""
        return []

    def close(self) -> None:
        """Do nothing: it holds nothing."""


class LocalReader:
    """Brings one consumer what its publishers' logs hold above its checkpoints; `progress` counts the runs applied."""

    def __init__(self, store: Store, consumer: Consumer, sources: Mapping[str, Source]) -> None:
        self._store, self._consumer, self._sources = store, consumer, sources
        self._unreadable: dict[str, tuple[str, ...]] = {}
        self.progress = 0

    def step(self) -> bool:
        """Read and apply one run of each publisher; tell whether there was any.

        A document that is no event has no position to go on from: it is parked, and read past with the next event.
        """
        found = [self._read(name, source) for name, source in self._sources.items()]
        return any(found)

    def behind(self) -> int:
        """Return how many events are to be applied yet; of each publisher, a bounded number of subjects is seen."""
        ahead = {name: source.heads(self._position(name), SUBJECTS_MAX) for name, source in self._sources.items()}
        return sum(count_missing(self._store, name, heads) for name, heads in ahead.items())

    def _position(self, name: str) -> int:
        with self._store.read() as session:
            return marks.next_offset(session, name, PARTITION)

    def _read(self, name: str, source: Source) -> bool:
        position = self._position(name)
        documents = tuple(source.after(position))
        if not documents or documents == self._unreadable.get(name):
            return False
        come = (read(name, document) for document in documents)
        end = max((one.position for one in come if isinstance(one, Arrival)), default=position)
        self._consumer.apply(Run(name, documents, PARTITION, position, end))
        self.progress += 1
        if end == position:
            self._unreadable[name] = documents
        return True
