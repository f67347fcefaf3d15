"""The local bus: in one process, each consumer reads the publishers' logs by position."""

from collections.abc import Callable, Mapping, Sequence

from shared.db.store import Store
from shared.messaging import marks
from shared.messaging.arrivals import Arrival, read
from shared.messaging.bus import Record, Run
from shared.messaging.consumer import Consumer
from shared.messaging.source import Source

PARTITION = 0


class LocalBus:
    """Publishing is being in the log: there is nothing to send, only somebody to wake."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def publish(self, source: str, records: Sequence[Record]) -> None:  # noqa: ARG002 - the port's signature
        """Wake whoever reads the logs."""
        self._wake()


class LocalReader:
    """Brings one consumer what its publishers' logs hold above its checkpoints."""

    def __init__(self, store: Store, consumer: Consumer, sources: Mapping[str, Source]) -> None:
        self._store, self._consumer, self._sources = store, consumer, sources

    def step(self) -> bool:
        """Read and apply one run of each publisher; tell whether there was any."""
        found = [self._read(name, source) for name, source in self._sources.items()]
        return any(found)

    def _read(self, name: str, source: Source) -> bool:
        with self._store.read() as session:
            position = marks.next_offset(session, name, PARTITION)
        documents = source.after(position)
        if not documents:
            return False
        last = read(name, documents[-1])
        end = last.position if isinstance(last, Arrival) else position
        self._consumer.apply(Run(name, tuple(documents), PARTITION, position, end))
        return True
