"""The Kafka bus: a producer in a thread of its own, batches in flight behind each other."""

import asyncio
import threading
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from shared.errors import ConfigurationError
from shared.messaging.arrivals import is_told
from shared.messaging.bus import Record
from shared.messaging.kafka.access import Access
from shared.messaging.kafka.topics import source_of, topic_of

PATIENCE_S = 10
STOP_S = 2
RETRY_MS = 500
TAIL_MAX = 10
BATCH_MAX_BYTES = 512 * 1024
FORBIDDEN = (TopicAuthorizationFailedError, ClusterAuthorizationFailedError)


class KafkaBus:
    """Publishes to one topic per source: acknowledged by all replicas, idempotent, partitioned by subject.

    What became of records is not known after a failure; the relay sends them again, through a new producer.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._loop = asyncio.new_event_loop()
        self._order = asyncio.Lock()
        self._producer: Any = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="kafka-producer", daemon=True)
        self._thread.start()

    def publish(self, source: str, records: Sequence[Record]) -> Future[None]:
        """Take records behind those of earlier calls; fails with a ConnectionError when they may not have arrived.

        Fails with a ConfigurationError where the broker refuses the user, or the user may not write them.
        """
        return asyncio.run_coroutine_threadsafe(self._publish(topic_of(source), records), self._loop)

    def tail(self, source: str) -> list[str]:
        """Return the last events of each partition; raises what a publishing fails with when they cannot be read."""
        return asyncio.run_coroutine_threadsafe(self._tail(topic_of(source)), self._loop).result()

    def since(self, source: str, moment: datetime) -> list[str]:
        """Return what was published from a moment on, whatever else stands there; raises a ConnectionError."""
        return asyncio.run_coroutine_threadsafe(self._since(topic_of(source), moment), self._loop).result()

    def close(self) -> None:
        """End the producer and its thread."""
        asyncio.run_coroutine_threadsafe(self._drop(self._producer), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _publish(self, topic: str, records: Sequence[Record]) -> None:
        producer = None
        try:
            async with self._order:
                producer = await self._ready()
                partitions = len(await producer.partitions_for(topic))
                acknowledged = [
                    await producer.send_batch(batch, topic, partition=partition)
                    for partition, batch in _batches(producer, records, partitions)
                ]
            # A batch on a broken connection is tried again without end, so that its end must be ours.
            await asyncio.wait_for(asyncio.gather(*acknowledged), PATIENCE_S)
        except (KafkaError, OSError, TimeoutError) as error:
            await self._drop(producer)
            raise await self._failure(topic, error) from error

    async def _tail(self, topic: str) -> list[str]:
        async with self._reading(topic) as consumer:
            return await asyncio.wait_for(_last_documents(consumer, topic), PATIENCE_S)

    async def _since(self, topic: str, moment: datetime) -> list[str]:
        async with self._reading(topic) as consumer:
            return await _documents_since(consumer, topic, moment)

    @asynccontextmanager
    async def _reading(self, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(topic, **self._access.arguments, request_timeout_ms=PATIENCE_S * 1000)
        try:
            await consumer.start()
            yield consumer
        except (KafkaError, OSError, TimeoutError) as error:
            raise await self._failure(topic, error) from error
        finally:
            await consumer.stop()

    async def _failure(self, topic: str, error: BaseException) -> ConnectionError | ConfigurationError:
        if isinstance(error, FORBIDDEN):
            return self._access.forbidden(f"{type(error).__name__} on {topic}")
        if isinstance(error, KafkaConnectionError) and (refused := await self._access.refused()):
            return refused
        return ConnectionError(f"{topic} at {self._access.servers}: {type(error).__name__}")

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                **self._access.arguments,
                acks="all",
                enable_idempotence=True,
                max_batch_size=BATCH_MAX_BYTES,
                request_timeout_ms=PATIENCE_S * 1000,
                retry_backoff_ms=RETRY_MS,
            )
            try:
                await producer.start()
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
        return self._producer

    async def _drop(self, producer: AIOKafkaProducer | None) -> None:
        """End a producer, and let the next call begin with a new one."""
        if producer is None or producer is not self._producer:
            return
        self._producer = None
        try:
            await asyncio.wait_for(producer.stop(), STOP_S)
        except (KafkaError, OSError, TimeoutError):
            # Without this a producer that could not flush would go on sending behind our back.
            await producer._sender.close()
            await producer.client.close()


async def _last_documents(consumer: AIOKafkaConsumer, topic: str) -> list[str]:
    """Return the last readable document of each partition, looking back over a few that are none."""
    starts = await consumer.beginning_offsets(_partitions(consumer))
    ends = await consumer.end_offsets(list(starts))
    last: dict[Any, str] = {}
    async for one, events in _events(consumer, topic, {at: max(starts[at], ends[at] - TAIL_MAX) for at in starts}):
        if events:
            last[one] = events[-1]
    return list(last.values())


async def _documents_since(consumer: AIOKafkaConsumer, topic: str, moment: datetime) -> list[str]:
    """Return the documents of every partition from the first record on that came at the moment or later."""
    wanted = dict.fromkeys(_partitions(consumer), int(moment.timestamp() * 1000))
    first = await consumer.offsets_for_times(wanted)
    begin = {one: found.offset for one, found in first.items() if found is not None}
    return [event async for _, events in _events(consumer, topic, begin) for event in events]


def _partitions(consumer: AIOKafkaConsumer) -> list[Any]:
    """Return the partitions of the topic; raises UnknownTopicOrPartitionError where there is none."""
    partitions = consumer.assignment()
    if not partitions:
        raise UnknownTopicOrPartitionError
    return list(partitions)


async def _events(
    consumer: AIOKafkaConsumer, topic: str, begin: Mapping[Any, int]
) -> AsyncIterator[tuple[Any, list[str]]]:
    """Yield partitions and what the relay told of their records, from offsets on to where they end now."""
    ends = await consumer.end_offsets(_partitions(consumer))
    left = {one for one in begin if begin[one] < ends[one]}
    for one in ends:
        consumer.seek(one, begin.get(one, ends[one]))
    while left:
        for one, records in (await consumer.getmany(timeout_ms=1000)).items():
            texts = [(record.value or b"").decode(errors="backslashreplace") for record in records]
            yield one, [text for text in texts if is_told(source_of(topic), text)]
        # What ends a partition need not be a record: the marker of a transaction is passed over.
        left = {one for one in left if await consumer.position(one) < ends[one]}


def _batches(producer: AIOKafkaProducer, records: Iterable[Record], partitions: int) -> Iterator[tuple[int, Any]]:
    """Yield (partition, batch), each partition's records in their order.

    A subject's partition is found as librdkafka finds it by default, by CRC-32: computed in C, a record costs less.
    """
    open_batches: dict[int, Any] = {}
    for record in records:
        key, value = record.subject.encode(), record.document.encode()
        partition = zlib.crc32(key) % partitions
        batch = open_batches.get(partition) or producer.create_batch()
        if batch.append(key=key, value=value, timestamp=None) is None:
            yield partition, batch
            batch = producer.create_batch()
            batch.append(key=key, value=value, timestamp=None)
        open_batches[partition] = batch
    yield from open_batches.items()
