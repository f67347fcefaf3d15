"""A publisher for tests: numbers and seals events as a relay would, without a store."""

from datetime import datetime

from shared.events.envelope import SCHEMA_ROOT, Envelope, Event
from shared.messaging.bus import Run
from shared.messaging.seal import GENESIS, Numbers, seal_of, wire_document
from shared.random import SeededRandom, uuid7


class Publisher:
    """Keeps the heads of one source and turns events into numbered documents."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._random = SeededRandom(source)
        self._heads: dict[str, tuple[int, str]] = {}
        self._position, self._last = 0, GENESIS

    def document(self, event: Event, at: datetime) -> str:
        """Return the next event of its subject as a wire document."""
        stored = self.envelope(event, at).document()
        sequence, previous = self._heads.get(event.subject, (0, GENESIS))
        self._position += 1
        self._last = seal_of(
            self._last, previous=previous, position=self._position, sequence=sequence + 1, document=stored
        )
        self._heads[event.subject] = (sequence + 1, self._last)
        return wire_document(stored, Numbers(self._position, sequence + 1, previous, self._last))

    def run(self, *documents: str) -> Run:
        """Return documents as a run that moves no checkpoint."""
        return Run(self.source, documents)

    def envelope(self, event: Event, at: datetime) -> Envelope:
        """Return an event in its envelope, not numbered yet."""
        event_id = uuid7(at, self._random.bytes(10))
        return Envelope(
            id=event_id,
            source=f"/{self.source}",
            type=event.type_name(),
            subject=event.subject,
            time=at,
            dataschema=f"{SCHEMA_ROOT}/{event.name}.v{event.version}",
            partitionkey=event.subject,
            subdistrict=event.subdistrict,
            actor="system",
            correlationid=event_id,
            data=event.model_dump(mode="json"),
        )
