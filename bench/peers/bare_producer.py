"""A bare aiokafka producer: what a log holds is read first, then sent as fast as it can be, acknowledged by all.

It prints how many records a second were acknowledged.
"""

import asyncio
import time

import psycopg
from aiokafka import AIOKafkaProducer

from bench.peers.given import Given, given

TOPIC = "cheqi.training"


async def send(what: Given) -> float:
    """Send everything, and return the records a second."""
    with psycopg.connect(what.store) as connection:
        found = connection.execute("SELECT subject, document FROM event_log ORDER BY ordinal").fetchall()
    records = [(subject.encode(), document.encode()) for subject, document in found]
    producer = AIOKafkaProducer(bootstrap_servers=what.servers, acks="all", enable_idempotence=True, linger_ms=5)
    await producer.start()
    try:
        begun = time.monotonic()
        acknowledged = [await producer.send(TOPIC, key=key, value=value) for key, value in records]
        await asyncio.gather(*acknowledged)
        return len(records) / (time.monotonic() - begun)
    finally:
        await producer.stop()


if __name__ == "__main__":
    print(asyncio.run(send(given())))  # noqa: T201 - whoever started it reads this
