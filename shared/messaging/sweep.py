"""The sweep: heals what the bus lost by asking each publisher's log for what the marks have not reached."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from shared.clock import Clock
from shared.db.store import Store
from shared.messaging import marks, parking
from shared.messaging.arrivals import Arrival, read
from shared.messaging.bus import Run
from shared.messaging.consumer import Consumer, ConsumerStoppedError
from shared.messaging.fold import Plan
from shared.messaging.source import PAGE_MAX, SUBJECTS_MAX, Head, Source

ON_ITS_WAY = timedelta(minutes=1)
"""How long an event may take from its command to its consumers before it is looked for."""

SWEPT = -1
"""The checkpoint of the sweep stands beside those of the partitions, under this number."""


class Sweep:
    """Looks after one consumer's publishers.

    The first round fetches what is missing and older than a minute. A later one fetches what the round before it had
    seen in a publisher's log already: an event that is only on its way is left to the bus. `progress` counts the
    answers of publishers: as long as it moves in a round, however long that takes, the sweep is at work.
    """

    def __init__(self, store: Store, consumer: Consumer, sources: Mapping[str, Source], clock: Clock) -> None:
        self._store, self._consumer, self._sources, self._clock = store, consumer, sources, clock
        self._unreached: dict[str, dict[str, Head]] = {}
        self._seen: dict[str, int] = {}
        self._noted: dict[str, int] = {}
        self._ending = False
        self.progress = 0

    def stop(self) -> None:
        """Let the round in hand end at once; what it has not fetched is fetched by the next start."""
        self._ending = True

    def round(self) -> int:
        """Ask every publisher once; return how many events were fetched and then applied, held or parked.

        A publisher that cannot be asked keeps nobody from the others: the first error is raised after all of them, but
        ConsumerStoppedError before any other.
        """
        fetched, errors = 0, list[Exception]()
        for name, source in self._sources.items():
            try:
                fetched += self._sweep(name, source)
            except Exception as error:  # Raised below.
                errors.append(error)
        if errors:
            raise next((one for one in errors if isinstance(one, ConsumerStoppedError)), errors[0])
        return fetched

    def _sweep(self, name: str, source: Source) -> int:
        before = self._unreached.get(name)
        changed = self._changed(name, source)
        # What is seen is remembered before it is fetched: a round that fails must not be the only one that knew of it.
        unreached = self._unreached[name] = {**(before or {}), **changed}
        if before is None:
            fetched = self._fetch(name, source, changed.values(), self._clock.now() - ON_ITS_WAY)
        else:
            fetched = self._fetch(name, source, before.values())
        self._unreached[name] = self._not_reached(name, unreached.values())
        self._note_progress(name)
        return fetched

    def _changed(self, name: str, source: Source) -> dict[str, Head]:
        """Return the heads that changed since the last round and that the marks have not reached."""
        if name not in self._seen:
            with self._store.read() as session:
                self._seen[name] = self._noted[name] = marks.next_offset(session, name, SWEPT)
        changed: dict[str, Head] = {}
        seen = self._seen[name]
        heads = source.heads(seen, PAGE_MAX)
        while heads and not self._ending:
            changed.update(self._not_reached(name, heads))
            seen = heads[-1].position
            self.progress += 1
            heads = source.heads(seen, PAGE_MAX) if len(heads) == PAGE_MAX else []
        self._seen[name] = seen
        return changed

    def _not_reached(self, name: str, heads: Iterable[Head]) -> dict[str, Head]:
        by_subject = {head.subject: head for head in heads}
        if not by_subject:
            return {}
        with self._store.read() as session:
            reached = marks.find_marks(session, name, by_subject)
        return {subject: head for subject, head in by_subject.items() if reached.get(subject, 0) < head.sequence}

    def _fetch(self, name: str, source: Source, due: Iterable[Head], latest: datetime | None = None) -> int:
        """Apply what is missing up to the heads, that of many subjects at once; return how many events it was.

        What is later than `latest` is left alone.
        """
        fetched, heads = 0, iter(due)
        while not self._ending and (some := list(islice(heads, SUBJECTS_MAX))):
            for page in self._missing(name, source, some):
                fetched += self._apply(name, [one.document for one in page if not _is_later(one, latest)])
                self.progress += len(page)
        return fetched

    def _apply(self, name: str, documents: Sequence[str]) -> int:
        if documents:
            self._consumer.apply(Run(name, tuple(documents)), Plan(from_log=True))
        return len(documents)

    def _missing(self, name: str, source: Source, heads: Iterable[Head]) -> Iterator[list[Arrival]]:
        """Yield, page by page, the subjects' events up to the heads that are above the marks and held nowhere.

        In whose place something else is parked is not held.
        """
        last = {head.subject: head.sequence for head in heads}
        reached, held = self._standing(name, last)
        while asked := {subject: at for subject, at in reached.items() if at < last[subject]}:
            come = [one for one in (read(name, text) for text in source.of_subjects(asked)) if isinstance(one, Arrival)]
            reached = asked | {one.envelope.subject: one.sequence for one in come}
            if reached == asked:
                return
            wanted = (one for one in come if one.sequence <= last[one.envelope.subject])
            yield [one for one in wanted if held.get(_place(one), "") not in {None, one.document}]

    def _standing(self, name: str, subjects: Iterable[str]) -> tuple[dict[str, int], dict[tuple[str, int], str | None]]:
        """Return where subjects stand, and which of their places wait (None) or are parked (with which document).

        What waits at the very next place is not among these: whoever was to go on with it broke off.
        """
        with self._store.read() as session:
            found = marks.find_marks(session, name, subjects)
            waiting = {(row.subject, row.sequence) for row in parking.list_waiting(session, name, subjects)}
            parked = parking.list_parked_of(session, name, subjects)
        reached = {subject: found.get(subject, 0) for subject in subjects}
        waiting -= {(subject, at + 1) for subject, at in reached.items()}
        return reached, dict.fromkeys(waiting) | {(row.subject, row.sequence): row.document for row in parked}

    def _note_progress(self, name: str) -> None:
        """Remember up to where every head is reached: the next start asks from there."""
        unreached = [head.position for head in self._unreached[name].values()]
        swept = min(unreached, default=self._seen[name] + 1) - 1
        if swept <= self._noted[name]:
            return
        with self._store.write() as session:
            if swept > marks.next_offset(session, name, SWEPT):
                marks.write_checkpoints(session, name, {SWEPT: swept})
        self._noted[name] = swept


def _place(event: Arrival) -> tuple[str, int]:
    return event.envelope.subject, event.sequence


def _is_later(event: Arrival, latest: datetime | None) -> bool:
    return latest is not None and event.envelope.time > latest
