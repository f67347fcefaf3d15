"""The agents of a worker, one per heard topic: on the run transport, and on Faust's own."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Sequence
from typing import Any, cast

import faust

from shared.messaging.bus import Run
from shared.messaging.kafka.applying import Applier
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
        async for fetched in stream:
            await _apply(cast(RunConsumer, app.consumer), source, fetched, applier)

    return hear


async def _apply(consumer: RunConsumer, source: str, fetched: Sequence[Fetched], applier: Applier) -> None:
    """Apply what one fetch brought in one transaction; the runs of a fetch belong to one assignment."""
    if not consumer.begin(fetched[0]):
        return
    runs = [_run(source, one) for one in fetched]
    try:
        missing = await asyncio.to_thread(applier.apply, runs, lambda: consumer.book.holds(fetched[0]))
        applied = [] if missing is None else [one for one in fetched if one.partition[1] not in missing]
        for one in applied:
            consumer.book.applied(one)
    finally:
        consumer.end()
    for one in fetched:
        if missing and one.partition[1] in missing:
            await consumer.rewind(one, missing[one.partition[1]])


def _run(source: str, fetched: Fetched) -> Run:
    documents = tuple(_text(record.value) for record in fetched.records)
    return Run(source, documents, fetched.partition[1], fetched.first, fetched.end, fetched.anew)


def _stock_body(source: str, applier: Applier) -> Body:
    """Faust books events as done whatever comes of them, so they move no checkpoint: the marks hold the truth."""

    async def hear(stream: Any) -> None:
        async for values in stream.take(TAKE_MAX, within=TAKE_WITHIN_S):
            run = Run(source, tuple(_text(value) for value in values))
            await asyncio.to_thread(applier.apply, [run], lambda: True)

    return hear


def _text(value: bytes | None) -> str:
    """Return a record's value as text; what is none is shown, so that it can be parked as what it is."""
    return (value or b"").decode(errors="backslashreplace")
