"""The agents of a worker, one per heard topic: on the run transport, and on Faust's own."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Sequence
from typing import Any, cast

import faust

from shared.messaging.bus import Run
from shared.messaging.kafka.applying import Applier, End
from shared.messaging.kafka.book import Fetched
from shared.messaging.kafka.topics import topic_of
from shared.messaging.kafka.transport import RunConsumer

TAKE_MAX = 500
TAKE_WITHIN_S = 0.05
Body = Callable[[AsyncIterable[Any]], Awaitable[None]]


def add_agents(app: faust.App, sources: Iterable[str], applier: Applier, *, stock: bool) -> None:
    """Let the application hear each of the publishers; on the run transport it keeps its own book, so acks are off."""
    for source in sources:
        topic = app.topic(topic_of(source), value_type=bytes, key_serializer="raw", value_serializer="raw", acks=stock)
        body = _stock_body(source, applier) if stock else _run_body(app, source, applier)
        app.agent(topic, name=f"hear-{source}")(body)


def _run_body(app: faust.App, source: str, applier: Applier) -> Body:
    async def hear(stream: AsyncIterable[Sequence[Fetched]]) -> None:
        async for runs in stream:
            for run in runs:
                await _apply(cast(RunConsumer, app.consumer), source, run, applier)

    return hear


async def _apply(consumer: RunConsumer, source: str, fetched: Fetched, applier: Applier) -> None:
    if not consumer.begin(fetched):
        return
    documents = tuple(_text(record.value) for record in fetched.records)
    run = Run(source, documents, fetched.partition[1], fetched.first, fetched.end, fetched.anew)
    try:
        end = await asyncio.to_thread(applier.apply, run, lambda: consumer.book.holds(fetched))
        if end is End.APPLIED:
            consumer.book.applied(fetched)
    finally:
        consumer.end()
    if not isinstance(end, End):
        await consumer.rewind(fetched, end)


def _stock_body(source: str, applier: Applier) -> Body:
    """Faust books events as done whatever comes of them, so they move no checkpoint: the marks hold the truth."""

    async def hear(stream: Any) -> None:
        async for values in stream.take(TAKE_MAX, within=TAKE_WITHIN_S):
            run = Run(source, tuple(_text(value) for value in values))
            await asyncio.to_thread(applier.apply, run, lambda: True)

    return hear


def _text(value: bytes | None) -> str:
    """Return a record's value as text; what is none is shown, so that it can be parked as what it is."""
    return (value or b"").decode(errors="backslashreplace")
