"""The Kafka bus: a producer in a thread of its own that returns when every record is acknowledged."""

import asyncio
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from shared.messaging.bus import Record
from shared.messaging.kafka.topics import topic_of

PATIENCE_S = 10
BATCH_MAX_BYTES = 512 * 1024
WITHOUT_SIGN = 0x7FFFFFFF


class KafkaBus:
    """Publishes to one topic per source: acknowledged by all replicas, idempotent, partitioned by subject.

    What became of records is not known after a failure; the relay sends them again, through a new producer.
    """

    def __init__(self, servers: str) -> None:
        self._servers = servers
        self._loop = asyncio.new_event_loop()
        self._order = asyncio.Lock()
        self._producer: AIOKafkaProducer | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="kafka-producer", daemon=True)
        self._thread.start()

    def publish(self, source: str, records: Sequence[Record]) -> None:
        """Return when every record is acknowledged; raises a ConnectionError when that is not certain."""
        self.begin(source, records).result()

    def begin(self, source: str, records: Sequence[Record]) -> Future[None]:
        """Hand records over behind those of earlier calls; the future fails with a ConnectionError as `publish` does."""
        return asyncio.run_coroutine_threadsafe(self._publish(topic_of(source), records), self._loop)

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
            await asyncio.gather(*acknowledged)
        except (KafkaError, OSError, TimeoutError) as error:
            await self._drop(producer)
            message = f"{topic} at {self._servers}: {type(error).__name__}"
            raise ConnectionError(message) from error

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._servers,
                acks="all",
                enable_idempotence=True,
                max_batch_size=BATCH_MAX_BYTES,
                request_timeout_ms=PATIENCE_S * 1000,
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
        with suppress(KafkaError, OSError, TimeoutError):
            await asyncio.wait_for(producer.stop(), PATIENCE_S)


def _batches(producer: AIOKafkaProducer, records: Iterable[Record], partitions: int) -> Iterator[tuple[int, Any]]:
    """Yield (partition, batch), each partition's records in their order."""
    open_batches: dict[int, Any] = {}
    for record in records:
        key, value = record.subject.encode(), record.document.encode()
        partition = (murmur2(key) & WITHOUT_SIGN) % partitions
        batch = open_batches.get(partition) or producer.create_batch()
        if batch.append(key=key, value=value, timestamp=None) is None:
            yield partition, batch
            batch = producer.create_batch()
            batch.append(key=key, value=value, timestamp=None)
        open_batches[partition] = batch
    yield from open_batches.items()
