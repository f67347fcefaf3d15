"""Faust as it comes: an agent that takes events from its stream, on Faust's own transport."""

import asyncio
import tempfile
from collections import defaultdict
from contextlib import suppress
from typing import Any

import faust

from bench.peers.given import AT_ONCE, TOPIC, Given, applying, given

WITHIN_S = 0.1


def app_of(what: Given, folder: str) -> faust.App:
    """Return the application, with one agent on the topic."""
    app = faust.App(
        what.group,
        broker=f"kafka://{what.servers}",
        datadir=folder,
        store="memory://",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        broker_max_poll_records=AT_ONCE,
        broker_heartbeat_interval=1,
    )
    apply = applying(what.store)

    async def take(stream: Any) -> None:
        async for events in stream.take_events(AT_ONCE, within=WITHIN_S):
            fetched: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
            for event in events:
                fetched[event.message.partition].append((event.message.offset, event.value))
            await asyncio.to_thread(apply, fetched)

    app.agent(app.topic(TOPIC, value_type=bytes, key_serializer="raw", value_serializer="raw"), name="take")(take)
    return app


async def hear(what: Given) -> None:
    """Apply whatever the agent takes."""
    with tempfile.TemporaryDirectory() as folder:
        app = app_of(what, folder)
        await app.start()
        try:
            await app.wait(asyncio.Event().wait())
        finally:
            await app.stop()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(hear(given()))
