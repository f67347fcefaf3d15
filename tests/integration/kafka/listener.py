"""The listener as a process: `python -m tests.integration.kafka.listener STORE SERVERS` writes pulses to stdout."""

import json
import sys
from dataclasses import asdict

from sqlalchemy import insert
from sqlalchemy.orm import Session

from shared.clock import SystemClock
from shared.db.store import open_store
from shared.events.governance import HazardVerifiedV1
from shared.keys.box import MemoryKeyBox
from shared.keys.ring import KeyRing
from shared.messaging import each
from shared.messaging.kafka.access import Access
from shared.messaging.kafka.serving import run_worker
from shared.messaging.kafka.worker import Pulse, Settings
from shared.node import Node
from shared.random import SystemRandom
from tests.component.messaging.pair import effect, small_service
from tests.integration.kafka.stage import SESSION_S, SOURCES
from tests.tokens import verifier_for


def note(session: Session, event: HazardVerifiedV1) -> None:
    """Note a hazard."""
    session.execute(insert(effect).values(hazard_id=event.hazard_id, word=event.severity))


def tell(pulse: Pulse) -> None:
    """Write a pulse as one line."""
    sys.stdout.write(json.dumps(asdict(pulse)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    url, servers = sys.argv[1:]
    clock = SystemClock()
    node = Node(
        service=small_service("listener", {HazardVerifiedV1: each(note)}, {}),
        store=open_store(url),
        keys=KeyRing(b"k" * 32, MemoryKeyBox()),
        clock=clock,
        random=SystemRandom(),
        verifier=verifier_for("listener", clock),
    )
    silent = dict.fromkeys(SOURCES, node.log)
    run_worker(node, silent, Settings(access=Access(servers), session_s=SESSION_S, heartbeat_s=0.4), tell)
