"""Raw aiokafka: fetch, apply in a thread, commit."""

import asyncio
from contextlib import suppress

from aiokafka import AIOKafkaConsumer

from bench.peers.given import AT_ONCE, TOPIC, Given, applying, given


async def hear(what: Given) -> None:
    """Apply whatever is fetched."""
    apply = applying(what.store)
    consumer = AIOKafkaConsumer(
        TOPIC,
        bootstrap_servers=what.servers,
        group_id=what.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        heartbeat_interval_ms=1000,
    )
    await consumer.start()
    try:
        while True:
            fetched = await consumer.getmany(timeout_ms=1000, max_records=AT_ONCE)
            if fetched:
                found = {of.partition: [(one.offset, one.value) for one in records] for of, records in fetched.items()}
                await asyncio.to_thread(apply, found)
                await consumer.commit()
    finally:
        await consumer.stop()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(hear(given()))
