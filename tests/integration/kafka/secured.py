"""All services on a broker with users and rights: each relays and hears as a user of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cheqi.broker import access_of
from cheqi.house import House
from shared.events.governance import HazardVerifiedV1
from shared.messaging import emit, marks
from shared.messaging.cause import of_system
from shared.messaging.kafka.access import Access
from shared.messaging.kafka.applying import Applier
from shared.messaging.kafka.beside import RelayLoop
from shared.messaging.kafka.worker import KafkaWorker, Pulse
from shared.messaging.kafka.worker import Settings as WorkerSettings
from shared.settings import Settings
from tests.containers.deployment import command
from tests.containers.kafka import SecuredBroker

SESSION_S = 4


def secured_settings(folder: Path, broker: SecuredBroker) -> Settings:
    """Return the settings of services in a folder that are users of a broker, each with a password of its own."""
    names = ("registration", "governance", "rewards", "training", "notify")
    for name in names:
        (folder / f"kafka-{name}").write_text(f"password.of-{name}\n")
    return Settings(
        data=folder / "data",
        sms="trial",
        bus="kafka",
        kafka=broker.servers,
        kafka_user="cheqi_{service}",
        kafka_password_file=f"{folder}/kafka-{{service}}",
        kafka_admin_user="admin",
        kafka_admin_password_file=broker.password_file,
    )


class Town:
    """Every service's store, and what each of them is on the broker."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.house = settings, House(settings)
        self.nodes = self.house.nodes

    def access(self, service: str) -> Access:
        """Return how a service reaches the broker."""
        return access_of(self.settings, service)

    @contextmanager
    def other_password(self, service: str) -> Iterator[None]:
        """Have another password than the broker knows in the service's file, and at the end the first one in both."""
        file = Path(str(self.settings.kafka_password_file).replace("{service}", service))
        first = file.read_text()
        file.write_text("changed")
        try:
            yield
        finally:
            file.write_text(first)
            assert command(self.settings, "topics", "apply").exit_code == 0

    def verify_hazard(self) -> None:
        """Let governance tell of a verified hazard; nobody relays it yet."""
        node = self.nodes["governance"]
        with node.transaction(of_system(node.clock.now())) as session:
            place = {"subdistrict": "110108005", "rider_id": "rider-1"}
            emit(session, HazardVerifiedV1(hazard_id="hazard-1", severity="low", **place))

    def heard(self, service: str) -> set[str]:
        """Return the publishers of which the service has applied something that the broker brought."""
        with self.nodes[service].store.read() as session:
            return {source for (source, _), offset in marks.list_checkpoints(session).items() if offset}

    @contextmanager
    def relaying(self, service: str) -> Iterator[None]:
        """Relay a service's log while the block runs."""
        relay = RelayLoop(self.nodes[service], self.access(service), "secured")
        relay.start()
        try:
            yield
        finally:
            relay.stop()

    @contextmanager
    def hearing(self, service: str) -> Iterator["Hearing"]:
        """Let a service's worker hear while the block runs."""
        one = Hearing(self, service)
        one.start()
        try:
            yield one
        finally:
            one.stop()


class Hearing:
    """A service's worker in a thread."""

    def __init__(self, town: Town, service: str) -> None:
        node, self.joined = town.nodes[service], False
        self.applier = Applier(node.consumer(), node.troubles)
        how = WorkerSettings(access=town.access(service), session_s=SESSION_S, heartbeat_s=0.4)
        self._worker = KafkaWorker(node.store, service, node.hears, self.applier, how)
        self._thread = threading.Thread(target=self._worker.run, args=(self._see,))
        self.start = self._thread.start

    def stop(self) -> None:
        """End it, and wait for its end."""
        self._worker.stop()
        self._thread.join()

    def _see(self, pulse: Pulse) -> None:
        self.joined = pulse.joined
