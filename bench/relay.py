"""Measures how fast the relay numbers, seals and sends a log to Kafka, beside a bare producer of the same documents.

Run as `python -m bench.relay`; it needs a Docker Engine. The relay is the process that `cheqi serve --role relay` is.
"""

from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from bench import results
from bench.hazards import hazards
from bench.servers import servers
from bench.stages import Stage, await_reached
from shared.clock import SystemClock
from shared.db.store import Store
from shared.events.envelope import Envelope
from shared.messaging.seal import stored_document
from shared.messaging.tables import event_log

TEMPLATE = "told"
SETTLED = 0.2
SENT = "SELECT max(sent) FROM relay_lease"


def measure_relay(stage: Stage, events: int) -> float:
    """Return the events a second of the relay, from where it has begun to work."""
    stage.empty("rewards")
    with stage.fresh(TEMPLATE) as connection, stage.running("cheqi", "relay") as running:
        first = await_reached(connection, SENT, int(events * SETTLED), running)
        last = await_reached(connection, SENT, events, running)
    return (last.reached - first.reached) / (last.at_s - first.at_s)


def measure_producer(stage: Stage) -> float:
    """Return the records a second of a bare producer."""
    stage.empty("training")
    with stage.fresh(TEMPLATE):
        return float(stage.output("bare_producer"))


def main() -> None:
    """Measure, keep the figures and print them."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    documents = [stored_document(one) for one in hazards(asked.events, SystemClock().now())[1]]

    def fill(store: Store) -> None:
        envelopes = ((one, Envelope.parse(one)) for one in documents)
        rows = [{"id": of.id, "subject": of.subject, "type": of.type, "document": one} for one, of in envelopes]
        with store.engine.begin() as connection:
            connection.execute(insert(event_log).values(internal=False), rows)

    figures: dict[str, list[float]] = defaultdict(list)
    with TemporaryDirectory(prefix="cheqi-") as folder, servers() as running:
        stage = Stage(running, Path(folder))
        stage.make(TEMPLATE, fill)
        for _round in range(asked.rounds):
            figures["cheqi"].append(measure_relay(stage, asked.events))
            figures["bare aiokafka producer"].append(measure_producer(stage))
            results.note(", ".join(f"{side}: {rates[-1]:,.0f} events/s" for side, rates in figures.items()))
    results.keep("relay", "events/s", figures, events=asked.events)


if __name__ == "__main__":
    main()
