"""FastStream: a subscriber of batches, whose values are handed over as they are."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import Any

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker, KafkaMessage

from bench.peers.given import AT_ONCE, TOPIC, Given, applying, given


async def as_it_is(message: Any) -> Any:
    """Decode nothing: whoever applies reads the document."""
    return message.body


async def hear(what: Given) -> None:
    """Apply whatever is fetched; FastStream commits when the handler returned."""
    apply, broker = applying(what.store), KafkaBroker(what.servers, logger=None)

    async def apply_batch(_values: list[Any], message: KafkaMessage) -> None:
        fetched: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
        records: Any = message.raw_message
        for one in records:
            fetched[one.partition].append((one.offset, one.value))
        await asyncio.to_thread(apply, fetched)

    broker.subscriber(
        TOPIC,
        group_id=what.group,
        batch=True,
        max_records=AT_ONCE,
        auto_offset_reset="earliest",
        heartbeat_interval_ms=1000,
        ack_policy=AckPolicy.NACK_ON_ERROR,
        decoder=as_it_is,
    )(apply_batch)
    await FastStream(broker, logger=None).run()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(hear(given()))
