"""Topics: one per publishing service, provisioned before any worker starts; how far consumers are behind them."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    GroupIdNotFoundError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    UnknownMemberIdError,
)

from shared.errors import ConfigurationError
from shared.messaging.kafka.access import Access

PARTITIONS = 24
RETENTION_DAYS = 30
DAY_MS = 24 * 60 * 60 * 1000
CONFIGS = {"retention.ms": str(RETENTION_DAYS * DAY_MS), "cleanup.policy": "delete"}
COORDINATOR_DELAY_S = 0.25
Told = TypeVar("Told")


def topic_of(source: str) -> str:
    """Return the topic of a publishing service."""
    return f"cheqi.{source}"


def source_of(topic: str) -> str:
    """Return the publishing service of a topic."""
    return topic.removeprefix("cheqi.")


def group_of(service: str) -> str:
    """Return the consumer group of a service's workers."""
    return f"cheqi.{service}"


@dataclass(frozen=True)
class Provision:
    """What provisioning found of a topic or a user: `state` is made, kept, changed or differs; `detail` says how."""

    kind: str
    name: str
    state: str
    detail: str = ""


@dataclass(frozen=True)
class Lag:
    """How far a consumer is behind in a partition: by its own checkpoint, and by what its workers told the broker."""

    topic: str
    partition: int
    start: int
    end: int
    checkpoint: int
    committed: int

    @property
    def behind(self) -> int:
        """How many records of the partition are above the checkpoint; all of them where it is not in the partition."""
        return self._above(self.checkpoint)

    @property
    def uncommitted(self) -> int:
        """How many records are above the offset that the broker knows of."""
        return self._above(self.committed)

    def _above(self, offset: int) -> int:
        return self.end - (offset if self.start <= offset <= self.end else self.start)


class Topics:
    """What is asked and told of topics; every method raises what `Access.administering` does."""

    def __init__(self, access: Access) -> None:
        self._administering = access.administering

    def provision(self, sources: Iterable[str], replication: int) -> list[Provision]:
        """Make the topics that are missing, and tell what differs of those that stand; a repeat changes nothing."""
        with self._administering() as admin:
            return [_provision(admin, topic_of(source), replication) for source in sorted(sources)]

    def missing(self, sources: Iterable[str]) -> list[str]:
        """Return which of the publishers have no topic."""
        with self._administering() as admin:
            return [source for source in sorted(sources) if not _partitions(admin, topic_of(source))]

    def refuse_missing(self, sources: Iterable[str]) -> None:
        """Raise ConfigurationError when a publisher has no topic."""
        missing = self.missing(sources)
        if missing:
            names = ", ".join(topic_of(source) for source in missing)
            message = f"Kafka has no topic {names}; run `cheqi topics apply`"
            raise ConfigurationError(message)

    def ranges(self, sources: Iterable[str]) -> dict[tuple[str, int], tuple[int, int]]:
        """Return the offsets of the first and of the next record of each partition, by topic and partition."""
        with self._administering() as admin:
            names = [topic_of(source) for source in sources]
            wanted = [TopicPartition(name, one) for name in names for one in _partitions(admin, name)]
            firsts = admin.list_partition_offsets(dict.fromkeys(wanted, OffsetSpec.EARLIEST))
            nexts = admin.list_partition_offsets(dict.fromkeys(wanted, OffsetSpec.LATEST))
        return {(one.topic, one.partition): (firsts[one].offset, nexts[one].offset) for one in wanted}

    def lag(self, service: str, sources: Iterable[str], checkpoints: Mapping[tuple[str, int], int]) -> list[Lag]:
        """Compare the ends of the partitions with the service's checkpoints, by publisher and partition."""
        names = {topic_of(source): source for source in sources}
        with self._administering() as admin:
            wanted = [TopicPartition(name, one) for name in sorted(names) for one in _partitions(admin, name)]
            starts = admin.list_partition_offsets(dict.fromkeys(wanted, OffsetSpec.EARLIEST))
            ends = admin.list_partition_offsets(dict.fromkeys(wanted, OffsetSpec.LATEST))
            committed = _committed(admin, group_of(service))
        return [
            Lag(
                topic=one.topic,
                partition=one.partition,
                start=starts[one].offset,
                end=ends[one].offset,
                checkpoint=checkpoints.get((names[one.topic], one.partition), 0),
                committed=committed.get(one, 0),
            )
            for one in wanted
        ]

    def reset_offsets(self, service: str, sources: Iterable[str], checkpoints: Mapping[tuple[str, int], int]) -> int:
        """Commit the service's checkpoints as its group's offsets; return how many partitions there are.

        Raises ConfigurationError while a worker of the group is running.
        """
        with self._administering() as admin:
            offsets = {
                TopicPartition(topic_of(source), one): checkpoints.get((source, one), 0)
                for source in sources
                for one in _partitions(admin, topic_of(source))
            }
            group = group_of(service)
            # The client empties what it is given, also when it fails.
            done = _coordinated(lambda: admin.reset_group_offsets(group, dict(offsets))) if offsets else {}
        if any(outcome["error"] is UnknownMemberIdError for outcome in done.values()):
            message = (
                f"workers of {service} are in their group, and Kafka is told of offsets only while nobody is: stop "
                "them, or wait ten seconds where one was killed, then try again"
            )
            raise ConfigurationError(message)
        for partition, outcome in done.items():
            if outcome["error"].errno:
                message = f"{partition.topic}/{partition.partition}: {outcome['error'].__name__}"
                raise ConnectionError(message)
        return len(done)


def _provision(admin: KafkaAdminClient, topic: str, replication: int) -> Provision:
    wanted = {"num_partitions": PARTITIONS, "replication_factor": replication, "configs": CONFIGS}
    if not _partitions(admin, topic):
        try:
            admin.create_topics({topic: wanted}, wait_for_metadata=True)
        except TopicAlreadyExistsError:
            return Provision("topic", topic, "kept")
        return Provision("topic", topic, "made")
    differs = "; ".join(_differences(admin, topic, replication))
    return Provision("topic", topic, "differs" if differs else "kept", differs)


def _differences(admin: KafkaAdminClient, topic: str, replication: int) -> Iterator[str]:
    partitions = _partitions(admin, topic)
    if len(partitions) != PARTITIONS:
        yield f"{len(partitions)} partitions instead of {PARTITIONS}"
    copies = min(len(one["replica_nodes"]) for one in partitions.values())
    if copies != replication:
        yield f"replication factor {copies} instead of {replication}"
    kind = ConfigResourceType.TOPIC
    told = admin.describe_configs([ConfigResource(kind, topic, list(CONFIGS))], config_filter="all")
    for name, value in CONFIGS.items():
        found = told[kind.name.lower()][topic][name]["value"]
        if found != value:
            yield f"{name} {found} instead of {value}"


def _partitions(admin: KafkaAdminClient, topic: str) -> dict[int, dict[str, Any]]:
    (told,) = admin.describe_topics([topic])
    if told["error_code"] == TopicAuthorizationFailedError.errno:
        raise TopicAuthorizationFailedError(topic)
    return {one["partition_index"]: one for one in told["partitions"]}


def _committed(admin: KafkaAdminClient, group: str) -> dict[TopicPartition, int]:
    try:
        told = _coordinated(lambda: admin.list_group_offsets({group: None})[group])
    except GroupIdNotFoundError:
        return {}
    return {partition: one.offset for partition, one in told.items()}


def _coordinated(ask: Callable[[], Told], tries: int = 20) -> Told:
    """Ask what concerns a group: a new broker makes its own topic for offsets only when it is first asked for them."""
    for _ in range(tries):
        try:
            return ask()
        except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError):
            time.sleep(COORDINATOR_DELAY_S)
    return ask()
