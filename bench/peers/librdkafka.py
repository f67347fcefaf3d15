"""librdkafka by Confluent's client: fetch, apply, commit."""

from collections import defaultdict
from contextlib import closing, suppress

from confluent_kafka import Consumer

from bench.peers.given import AT_ONCE, TOPIC, Given, applying, given


def hear(what: Given) -> None:
    """Apply whatever is fetched."""
    apply = applying(what.store)
    settings = {
        "bootstrap.servers": what.servers,
        "group.id": what.group,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "heartbeat.interval.ms": 1000,
    }
    with closing(Consumer(settings)) as consumer:
        consumer.subscribe([TOPIC])
        while True:
            fetched: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
            for one in consumer.consume(AT_ONCE, timeout=0.1):
                partition, offset, value = one.partition(), one.offset(), one.value()
                if one.error() is None and partition is not None and offset is not None and value is not None:
                    fetched[partition].append((offset, value))
            if fetched:
                apply(fetched)
                consumer.commit(asynchronous=True)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        hear(given())
