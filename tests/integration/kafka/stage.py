"""A publisher and a listener that meet on a real broker, each on a store of its own."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import GroupIdNotFoundError, KafkaError
from sqlalchemy import select

from shared.events.governance import HazardVerifiedV1
from shared.messaging import emit, marks
from shared.messaging.bus import Bus, Record
from shared.messaging.kafka.applying import Applier
from shared.messaging.kafka.bus import KafkaBus
from shared.messaging.kafka.topics import PARTITIONS, Topics, group_of, topic_of
from shared.messaging.kafka.worker import KafkaWorker, Pulse, Settings
from tests.component.messaging.pair import STAFF, Pair, effect
from tests.containers.kafka import Broker
from tests.containers.patience import until

SOURCES = ("governance", "registration")
SESSION_S = 4


class Telling:
    """Governance tells of hazards, and the listener notes them, on whatever bus a subclass brings."""

    def __init__(self, bus: Bus) -> None:
        self.pair, self.bus = Pair(), bus
        self.relay = self.pair.publisher.node.relay(bus, "stage")

    def tell(self, *hazards: str, word: str = "low") -> None:
        """Let governance tell of hazards, and relay all that it told."""
        self.tell_only(*hazards, word=word)
        while self.relay.step():
            pass

    def tell_only(self, *hazards: str, word: str = "low") -> None:
        """Let governance tell of hazards; nobody relays it yet."""
        place = {"subdistrict": "110108005", "rider_id": "rider-1"}
        with self.pair.publisher.command(STAFF) as session:
            for hazard in hazards:
                emit(session, HazardVerifiedV1(hazard_id=hazard, severity=word, **place))

    def documents(self) -> list[str]:
        """Return all that governance has told and numbered, as it is on the wire."""
        return self.pair.publisher.node.log.after(0)

    def effects(self) -> list[tuple[str, str]]:
        """Return what took effect, in order."""
        with self.pair.listener.read() as session:
            rows = session.execute(select(effect.c.hazard_id, effect.c.word).order_by(effect.c.ordinal))
            return [(row.hazard_id, row.word) for row in rows]

    def hazards(self) -> list[str]:
        """Return the hazards that took effect, sorted: across subjects there is no order."""
        return sorted(hazard for hazard, _ in self.effects())

    def until_noted(self, *hazards: str, deadline_s: float = 40) -> None:
        """Wait until exactly these hazards took effect."""
        wanted = sorted(hazards)
        until(lambda: self.hazards() == wanted, deadline_s)

    def checkpoints(self) -> dict[tuple[str, int], int]:
        """Return the listener's checkpoints."""
        with self.pair.listener.read() as session:
            return marks.list_checkpoints(session)


class Stage(Telling):
    """The two of them on Kafka."""

    bus: KafkaBus

    def __init__(self, broker: Broker, transport: str = "run") -> None:
        super().__init__(KafkaBus(broker.access))
        self.broker, self.topics = broker, Topics(broker.access)
        self._running: Running | None = None
        self.settings = Settings(
            access=broker.access,
            transport="stock" if transport == "stock" else "run",
            session_s=SESSION_S,
            heartbeat_s=0.4,
        )

    def provision(self) -> None:
        """Make the topics or empty those that stand, and forget the listener's group."""
        self.topics.provision(SOURCES, 1)
        ends = {(topic_of(source), one): -1 for source in SOURCES for one in range(PARTITIONS)}
        with closing(self.broker.admin()) as admin:
            admin.delete_records({TopicPartition(*place): end for place, end in ends.items()})
        until(self._forgotten)

    def make_anew(self) -> None:
        """Delete the topics with all that they hold, and make them again."""
        self.broker.drop_topics()
        until(self._made)

    def deliver(self, *documents: str, subject: str = "stray") -> None:
        """Put documents on the bus as they are, in one partition."""
        self.bus.publish("governance", [Record(subject, one) for one in documents]).result()

    def deliver_raw(self, value: bytes | None, key: bytes = b"stray") -> None:
        """Put bytes on the bus that no publisher of ours would send."""
        with closing(KafkaProducer(**self.broker.access.arguments)) as producer:
            producer.send(topic_of("governance"), key=key, value=value).get(10)

    def read_back(self) -> list[str]:
        """Return what governance's topic holds."""
        places = [TopicPartition(topic_of("governance"), one) for one in range(PARTITIONS)]
        consumer = KafkaConsumer(**self.broker.access.arguments, auto_offset_reset="earliest")
        with closing(consumer):
            consumer.assign(places)
            starts, ends = consumer.beginning_offsets(places), consumer.end_offsets(places)
            found: list[str] = []
            while len(found) < sum(ends.values()) - sum(starts.values()):
                found += [one.value.decode() for many in consumer.poll(500).values() for one in many]
        return found

    def start(self) -> None:
        """Start a worker of the listener, and wait until it has joined."""
        running = self._running = self.worker()
        until(lambda: running.joined)

    def stop(self) -> None:
        """Stop the worker, if one was started."""
        if self._running is not None:
            self._running.stop()
            self._running = None

    def worker(self) -> "Running":
        """Return a worker of the listener that has started."""
        return Running(self)

    def close(self) -> None:
        """End the client of the publisher."""
        self.bus.close()

    def _forgotten(self) -> bool:
        try:
            with closing(self.broker.admin()) as admin:
                admin.delete_groups([group_of("listener")])
        except GroupIdNotFoundError:
            return True
        except KafkaError:
            return False
        return True

    def _made(self) -> bool:
        # A topic that is being deleted can neither be made nor be found for a moment.
        try:
            self.topics.provision(SOURCES, 1)
            return not self.topics.missing(SOURCES) and not any(one.end for one in self.topics.lag("x", SOURCES, {}))
        except (KafkaError, ConnectionError):
            return False


class Running:
    """A worker in a thread of this process."""

    def __init__(self, stage: Stage) -> None:
        listener = stage.pair.listener
        self.troubles = listener.node.troubles
        self.pulses: list[Pulse] = []
        self.applier = Applier(listener.consumer, self.troubles)
        self._worker = KafkaWorker(listener.store, "listener", SOURCES, self.applier, stage.settings)
        self._thread = threading.Thread(target=self._worker.run, args=(self.pulses.append, self.troubles))
        self._thread.start()

    @property
    def joined(self) -> bool:
        """Whether it has joined its group."""
        return bool(self.pulses) and self.pulses[-1].joined

    def stop(self) -> None:
        """End it, and wait for its end."""
        self._worker.stop()
        self._thread.join()


@contextmanager
def running(stage: Stage, *, joined: bool = True) -> Iterator[Running]:
    """Let a worker work while the block runs."""
    worker = stage.worker()
    try:
        if joined:
            until(lambda: worker.joined)
        yield worker
    finally:
        worker.stop()
