"""The worker's own book of its partitions: where each is read to, and what of it was applied under this assignment."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

Partition = tuple[str, int]
"""A topic and the number of one of its partitions."""


class Fetched(NamedTuple):
    """A run of records of one partition, as it was fetched.

    `first` is where the run before it ended, so that a true gap in the offsets lies inside a run. `anew`: the records
    begin below that place, because the partition has lost its log or been made again. A run without records passes
    over places that hold none for a consumer: markers of transactions, and what was deleted.
    """

    partition: Partition
    epoch: int
    first: int
    end: int
    anew: bool
    records: Sequence[Any]


class Book:
    """Says what a fetch is: the next run, or records above a hole that are to be asked for again."""

    def __init__(self) -> None:
        self.epoch = 0
        self._at: dict[Partition, int] = {}
        self._sought: dict[Partition, int] = {}
        self._believed: dict[Partition, int] = {}
        self._applied: dict[Partition, int] = {}

    def open(self, positions: Mapping[Partition, int]) -> None:
        """Begin an assignment that is read from these positions; the broker is told of them as applied."""
        self.close()
        self._at = dict(positions)
        self._applied = {partition: offset for partition, offset in positions.items() if offset}

    def close(self) -> None:
        """End the assignment: what is still under way belongs to nobody any more."""
        self.epoch += 1
        self._at, self._sought, self._believed, self._applied = {}, {}, {}, {}

    def begin_fetch(self) -> None:
        """Say that a fetch begins: what was asked for again up to now is what it can prove a hole above."""
        self._believed = dict(self._sought)

    def take(self, partition: Partition, records: Sequence[Any]) -> Fetched | None:
        """Return the records as the next run; None when they are not ours, or above a hole seen for the first time.

        A hole is believed when a fetch shows it that began after the records were asked for again: the one before may
        have been dropped.
        """
        return self._take(partition, records[0].offset, records[-1].offset + 1, records)

    def pass_over(self, partition: Partition, end: int) -> Fetched | None:
        """Return a run without records up to where the client stands; None as for any hole."""
        return self._take(partition, end, end, ())

    def _take(self, partition: Partition, first: int, end: int, records: Sequence[Any]) -> Fetched | None:
        at = self._at.get(partition)
        if at is None or (first > at and self._believed.get(partition) != at):
            return None
        return Fetched(partition, self.epoch, min(first, at), end, first < at, records)

    def places(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Return where those of the partitions that are ours are read to."""
        return {one: self._at[one] for one in partitions if one in self._at}

    def asked_again(self, places: Mapping[Partition, int]) -> None:
        """Remember where partitions were asked for again, once they were."""
        self._sought |= {one: at for one, at in places.items() if self._at.get(one) == at}

    def doubt(self) -> None:
        """Say that a fetch was dropped: a hole that was seen before it proves nothing."""
        self._sought.clear()
        self._believed.clear()

    def handed_on(self, run: Fetched) -> None:
        """Go on behind a run that reached the agent."""
        if self.holds(run):
            self._at[run.partition] = run.end

    def go_back(self, run: Fetched, offset: int) -> bool:
        """Go back to an offset below a run; tell whether the partition is still ours."""
        if not self.holds(run):
            return False
        self._at[run.partition] = offset
        return True

    def applied(self, run: Fetched) -> None:
        """Note that a run took effect."""
        if self.holds(run):
            self._applied[run.partition] = run.end

    def holds(self, run: Fetched) -> bool:
        """Tell whether a run belongs to this assignment."""
        return run.epoch == self.epoch

    def to_commit(self) -> dict[Partition, int]:
        """Return, once, what the broker does not know yet of what was applied."""
        news, self._applied = self._applied, {}
        return news

    def positions(self) -> dict[Partition, int]:
        """Return where each partition is read to."""
        return dict(self._at)
