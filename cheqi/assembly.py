"""How each service is put together on the settings: its store, its keys and secrets, and how it reaches the others."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path

import httpx2

from cheqi.backup_age import backup_age_s
from cheqi.folder import DataFolder, data_folder
from cheqi.stores import stores_of
from cheqi.traces import Traces
from services.governance import service as governance
from services.notify import service as notify
from services.notify.channels import SMSRoute
from services.notify.phones import RegistrationPhones
from services.notify.trial import TrialChannel
from services.registration import service as registration
from services.registration.clients import client_secret
from services.registration.ports import Ports as RegistrationPorts
from services.rewards import service as rewards
from services.training import service as training
from services.training.directory import RegistrationDirectory
from shared.auth import TokenVerifier
from shared.auth.verifier import FetchKeys
from shared.clock import Clock, SystemClock
from shared.disk import free_bytes
from shared.errors import ConfigurationError
from shared.messaging.history import attach
from shared.messaging.month_files import MonthFiles
from shared.messaging.source import Source
from shared.node import Node
from shared.photos.store import photos_in_folder
from shared.random import Random, SystemRandom
from shared.service import Service
from shared.settings import Settings
from shared.web.client import Credentials, ServiceClient, TokenSource, fetch_keys, http_client
from shared.web.remote_log import RemoteLog

SERVICES = ("registration", "governance", "rewards", "training", "notify")
CODE_KEY = "voucher-codes.key"


class Assembly:
    """Puts services together; those of one process share its registration where it is among them."""

    def __init__(self, settings: Settings, clock: Clock | None = None, random: Random | None = None) -> None:
        self.settings, self.clock, self.random = settings, clock or SystemClock(), random or SystemRandom()
        self.stores = stores_of(settings)
        self._traces = Traces(settings, self.random)
        self._clients: dict[str, httpx2.Client] = {}
        self._nodes: list[Node] = []

    @cached_property
    def registration(self) -> RegistrationPorts:
        """What registration is built with; raises ConfigurationError when no SMS adapter was chosen."""
        folder = self.folder_of("registration")
        return registration.open_ports(folder.path, folder.secrets, self.settings.sms, self.clock, self.random)

    def folder_of(self, service: str) -> DataFolder:
        """Return where a service keeps its files and finds its secrets; raises ConfigurationError."""
        return data_folder(self.settings, service)

    def node(self, name: str) -> Node:
        """Return a service on its store; raises ConfigurationError for an unknown name."""
        service = self._service(name)
        store = self.stores.open_store(name)
        attach(store, MonthFiles(self.folder_of(name).archive(name)))
        node = Node(
            service=service,
            store=store,
            keys=self.stores.key_ring(name),
            clock=self.clock,
            random=self.random,
            verifier=TokenVerifier(name, self._issuer_keys, self.clock),
            troubles=self.stores.troubles(name),
            tracer=self._traces.tracer(name),
            disk_free=partial(free_bytes, self._written_folders(name)),
        )
        node.vitals["disk_free_bytes"] = node.disk_free
        node.vitals["backup_age_seconds"] = lambda: backup_age_s(self.settings.data_of(name), self.clock.now())
        self._nodes.append(node)
        return node

    def remote_logs(self, node: Node) -> Mapping[str, Source]:
        """Return the logs of the publishers that a service hears, each read over its publisher's API."""
        mine = node.service.name
        return {name: RemoteLog(self._client(mine, name, "events:read"), name) for name in sorted(node.hears)}

    def sender(self, node: Node) -> Callable[[], int]:
        """Return the service's own step towards the outside: notify sends text messages where an adapter is chosen."""
        if node.service.name != "notify" or self.settings.sms != "trial":
            return lambda: 0
        phones = RegistrationPhones(self._client("notify", "registration", "rider.phone:read"))
        return notify.sender(node, SMSRoute(phones=phones, channel=self._trial_notices))

    def close(self) -> None:
        """Close every store and connection."""
        for node in self._nodes:
            node.store.close()
        self.stores.close()
        if "registration" in self.__dict__:
            self.registration.sms.close()
        if "_trial_notices" in self.__dict__:
            self._trial_notices.close()
        for client in self._clients.values():
            client.close()
        self._traces.close()

    def _written_folders(self, name: str) -> list[Path]:
        """Return where a service itself writes: its SQLite file, and photos; PostgreSQL's disk is its server's own."""
        folder, photos = self.settings.data_of(name), [self.folder_of(name).photos] if name == "governance" else []
        return photos if self.settings.store == "postgresql" else [folder, *photos]

    def _service(self, name: str) -> Service:
        if name not in SERVICES:
            message = f"there is no service {name!r}; choose one of: {', '.join(SERVICES)}"
            raise ConfigurationError(message)
        build: Callable[[], Service] = {
            "registration": lambda: registration.build(self.registration),
            "governance": lambda: governance.build(photos=photos_in_folder(self.folder_of("governance").photos)),
            "rewards": lambda: rewards.build(code_key=self.folder_of("rewards").secrets.key(CODE_KEY)),
            "training": self._training,
            "notify": lambda: notify.build(self._forget_notices),
        }[name]
        return build()

    @cached_property
    def _trial_notices(self) -> TrialChannel:
        """How long notices lie on a disk is a matter of real time, also where the clock of a trial is set."""
        return TrialChannel(self.settings.data_of("notify"), SystemClock())

    def _forget_notices(self, rider_id: str) -> None:
        """Let the trial channel forget a rider, also where another adapter was chosen since."""
        if TrialChannel.exists(self.settings.data_of("notify")):
            self._trial_notices.forget(rider_id)

    def _training(self) -> Service:
        directory = RegistrationDirectory(self._client("training", "registration", "rider.name:read"))
        return training.build(directory=directory, public_url=self.settings.address_shown)

    @property
    def _issuer_keys(self) -> FetchKeys:
        """Registration's own keys where it is in this process, otherwise those that it publishes."""
        if "registration" in self.__dict__:
            return self.registration.signing_keys.public
        return lambda: fetch_keys(self._http("registration"))

    def _client(self, name: str, target: str, scope: str) -> ServiceClient:
        credentials = Credentials(name, client_secret(self.folder_of(name).secrets, name), target, scope)
        tokens = TokenSource(self._http("registration"), credentials, self.clock)
        return ServiceClient(self._http(target), tokens, self._traces.tracer(name))

    def _http(self, target: str) -> httpx2.Client:
        if target not in self._clients:
            self._clients[target] = http_client(self.settings.address_of(target))
        return self._clients[target]
