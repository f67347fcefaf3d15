"""A bus that repeats, delays, reorders and forgets: partitions of records, read by offset."""

import random
import zlib
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future

from shared.messaging.bus import DONE, Record, Run

PARTITIONS = 2
RUN_MAX = 8


class StormyBus:
    """Keeps what was published; what it does to it is drawn from the seed."""

    def __init__(self, rng: random.Random, *, stormy: bool) -> None:
        self._rng, self.stormy = rng, stormy
        self._partitions: dict[tuple[str, int], list[str]] = defaultdict(list)
        self.faults: dict[str, int] = defaultdict(int)

    def publish(self, source: str, records: Sequence[Record]) -> Future[None]:
        """Keep the records; in a storm the acknowledgement may be lost half-way, or twice the records come."""
        cut = self._rng.randint(0, len(records)) if self._strikes("lost acknowledgement", 0.1) else len(records)
        for record in records[:cut]:
            self._keep(source, record)
            if self._strikes("duplicate", 0.05):
                self._keep(source, record)
        if cut < len(records):
            message = "the acknowledgement was lost"
            raise ConnectionError(message)
        return DONE

    def lose_tail(self, source: str) -> None:
        """Forget the last records of one partition, acknowledged or not."""
        partition = self._partitions[source, self._rng.randrange(PARTITIONS)]
        if partition:
            del partition[-self._rng.randint(1, 3) :]
            self.faults["lost tail"] += 1

    def fetch(self, source: str, partition: int, offset: int) -> Run | None:
        """Return the next run of a partition at an offset, or what a storm makes of it; None where there is none.

        A partition that has lost its records below the offset is read from its first one, as on a broker.
        """
        kept = self._partitions[source, partition]
        anew = offset > len(kept)
        start = 0 if anew else offset
        if self._strikes("redelivery", 0.15):
            start = max(0, start - self._rng.randint(1, RUN_MAX))
        if self._strikes("skipped run", 0.05):
            start = min(len(kept), start + self._rng.randint(1, 3))
        documents = kept[start : start + (self._rng.randint(1, RUN_MAX) if self.stormy else 100)]
        if not documents:
            return None
        end = start + len(documents)
        if self._strikes("reordering", 0.1):
            self._rng.shuffle(documents)
        return Run(source, tuple(documents), partition, start, end, anew)

    def _keep(self, source: str, record: Record) -> None:
        partition = zlib.crc32(record.subject.encode()) % PARTITIONS
        self._partitions[source, partition].append(record.document)

    def _strikes(self, fault: str, chance: float) -> bool:
        strikes = self.stormy and self._rng.random() < chance
        self.faults[fault] += strikes
        return strikes
