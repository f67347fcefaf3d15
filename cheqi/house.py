"""The house: every service in one process, on the local bus and one SQLite file each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from cheqi.folder import DataFolder
from services.governance import service as governance
from services.notify import service as notify
from services.notify.channels import SMSRoute
from services.notify.phones import RegistrationPhones
from services.notify.trial import TrialChannel
from services.registration import service as registration
from services.registration.clients import client_secret
from services.registration.codes.trial import TrialSMS
from services.registration.identity import commands as identity
from services.registration.ports import Ports as RegistrationPorts
from services.rewards import service as rewards
from services.training import service as training
from services.training.directory import RegistrationDirectory
from shared.auth import TokenVerifier
from shared.clock import Clock, SystemClock
from shared.db.migrate import migrate
from shared.db.store import open_store
from shared.errors import ConfigurationError
from shared.messaging.cause import of_system
from shared.messaging.local import LocalBus
from shared.messaging.worker import Worker
from shared.node import Node
from shared.photos.store import photos_in_folder
from shared.random import Random, SystemRandom
from shared.service import Service
from shared.settings import Settings
from shared.web.app import Gateway
from shared.web.client import Credentials, ServiceClient, TokenSource

RELAY_HOLDER = "embedded"
"""A process that starts again goes on at once, where another name would have to wait for the old lease to run out."""
SERVICES = ("registration", "governance", "rewards", "training", "notify")


class House:
    """Every service on one data folder; opening it migrates the stores."""

    def __init__(self, settings: Settings, clock: Clock | None = None, random: Random | None = None) -> None:
        self.settings, self.clock, self.random = settings, clock or SystemClock(), random or SystemRandom()
        self.folder = DataFolder(settings.data)
        self._ports = registration.open_ports(settings.data, settings.sms, self.clock, self.random)
        self._http = httpx2.Client(base_url=settings.address)
        self.nodes = {service.name: self._node(service) for service in self._services()}
        self._workers: list[Worker] = []

    @property
    def registration(self) -> RegistrationPorts:
        """What registration was built with."""
        return self._ports

    def start(self) -> None:
        """Begin to relay, to apply events and to fire timers; raises BackfillNeededError where a past is missing."""
        for node in self.nodes.values():
            node.operator().refuse_missed_types()
        self._workers = [self._worker(node) for node in self.nodes.values()]
        for node, worker in zip(self.nodes.values(), self._workers, strict=True):
            node.store.on_commit = worker.wake
        for worker in self._workers:
            worker.start()

    def get_node(self, service: str) -> Node:
        """Return one service's node; raises ConfigurationError for a name that is none's."""
        if service not in self.nodes:
            message = f"there is no service {service!r}; choose one of: {', '.join(self.nodes)}"
            raise ConfigurationError(message)
        return self.nodes[service]

    def create_administrator(self, login: str, password: str) -> str:
        """Make an administrator; return the address that an authenticator app reads. Raises a refusal."""
        node = self.nodes["registration"]
        with node.transaction(of_system(self.clock.now())) as session:
            return identity.create_administrator(session, self._ports, login, password)

    def gateway(self) -> Gateway:
        """Return the HTTP application of all services."""
        return Gateway(list(self.nodes.values()))

    def settle(self) -> None:
        """Work in the caller's thread until nobody has anything to do; for a house that was not started."""
        workers = [self._worker(node) for node in self.nodes.values()]
        working = True
        while working:
            working = any(list(map(Worker.step, workers)))

    def stop(self) -> None:
        """End the work in hand and close every store."""
        for worker in self._workers:
            worker.stop()
        for node in self.nodes.values():
            node.store.close()
        self._ports.sms.close()
        self._http.close()

    def _services(self) -> list[Service]:
        directory = RegistrationDirectory(self._client("training", "rider.name:read"))
        return [
            registration.build(self._ports),
            governance.build(photos=photos_in_folder(self.folder.photos)),
            rewards.build(code_key=self.folder.secret("voucher-codes.key")),
            training.build(directory=directory, public_url=self.settings.address_shown),
            notify.build(),
        ]

    def _node(self, service: Service) -> Node:
        url = self.folder.store_url(service.name)
        migrate(url, f"services.{service.name}")
        return Node(
            service=service,
            store=open_store(url),
            keys=self.folder.key_ring(service.name),
            clock=self.clock,
            random=self.random,
            verifier=TokenVerifier(service.name, self._ports.signing_keys.public, self.clock),
        )

    def _worker(self, node: Node) -> Worker:
        logs = {name: other.log for name, other in self.nodes.items()}
        work = node.work(LocalBus(self._wake), logs, RELAY_HOLDER, send=self._sender(node))
        return Worker(work, self.clock, node.troubles)

    def _sender(self, node: Node) -> Callable[[], int]:
        if node.service.name != "notify" or self.settings.sms != "trial":
            return lambda: 0
        phones = RegistrationPhones(self._client("notify", "rider.phone:read"))
        channel = TrialChannel(self.settings.data / "trial-notices.db")
        return notify.sender(node, SMSRoute(phones=phones, channel=channel))

    def _client(self, name: str, scope: str) -> ServiceClient:
        secret = client_secret(Path(self.settings.data), name)
        credentials = Credentials(name, secret, "registration", scope)
        return ServiceClient(self._http, TokenSource(self._http, credentials, self.clock))

    def _wake(self) -> None:
        for worker in self._workers:
            worker.wake()


@contextmanager
def opened(settings: Settings, *, make: bool = False) -> Iterator[House]:
    """Open the house of a data folder for a command, beside a running one too; raises ConfigurationError.

    A folder that is not there is an error unless it may be made. Commands send no messages: any SMS adapter will do.
    """
    if not make and not DataFolder.exists(settings.data):
        message = f"there is no data in {settings.data}; start `cheqi up` there first, or set CHEQI_DATA"
        raise ConfigurationError(message)
    house = House(settings.model_copy(update={"sms": settings.sms or "trial"}))
    try:
        yield house
    finally:
        house.stop()


def list_trial_sms(settings: Settings) -> list[dict[str, str]]:
    """Return the messages that the trial SMS adapter kept, newest first."""
    kept = TrialSMS(settings.data, SystemClock())
    try:
        return [{"sent": str(one.sent_at), "phone": one.phone, "text": one.text} for one in kept.messages()]
    finally:
        kept.close()
