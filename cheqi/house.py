"""The house: every service in one process, on the local bus and one SQLite file each."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from operator import itemgetter

from sqlalchemy.orm import Session

from cheqi.assembly import SERVICES, Assembly
from cheqi.folder import has_data
from services.notify.trial import TrialChannel
from services.registration.codes.trial import TrialSMS
from services.registration.identity import commands as identity
from services.registration.ports import Ports as RegistrationPorts
from services.registration.staff import commands as staff
from services.registration.tokens import invitation_text
from shared.clock import Clock, SystemClock
from shared.errors import ConfigurationError
from shared.messaging.bus import OpenBus
from shared.messaging.cause import of_system
from shared.messaging.local import LocalBus
from shared.messaging.worker import Worker
from shared.node import Node
from shared.random import Random
from shared.settings import Settings
from shared.web.app import Gateway

RELAY_HOLDER = "embedded"
"""A process that starts again goes on at once, where another name would have to wait for the old lease to run out."""


class House:
    """Every service on one data folder; opening it migrates the stores."""

    def __init__(self, settings: Settings, clock: Clock | None = None, random: Random | None = None) -> None:
        self.settings, self.assembly = settings, Assembly(settings, clock, random)
        self.clock, self.random = self.assembly.clock, self.assembly.random
        self.registration: RegistrationPorts = self.assembly.registration
        self.nodes = {name: self.assembly.node(name) for name in SERVICES}
        self._workers: list[Worker] = []
        self._local, self._buses = LocalBus(self._wake), list[OpenBus]()

    def bus_of(self, service: str) -> OpenBus:
        """Return what carries a service's events on these settings; raises ConfigurationError."""
        if self.settings.bus == "local":
            return self._local
        from cheqi.broker import access_of  # noqa: PLC0415 - the embedded default need not load a client
        from shared.messaging.kafka.bus import KafkaBus  # noqa: PLC0415 - the same

        bus = KafkaBus(access_of(self.settings, service))
        self._buses.append(bus)
        return bus

    def start(self) -> None:
        """Begin to relay, to apply events and to fire timers.

        Raises ConfigurationError where a store lacks a migration, BackfillNeededError where a past is missing, and
        NotReadBackError where a tail is.
        """
        if troubles := [trouble for node in self.nodes.values() for trouble in node.troubles]:
            raise ConfigurationError("; ".join(troubles))
        for node in self.nodes.values():
            node.refuse_start()
            node.operator().take_up_types()
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
        with self._commanded() as session:
            return identity.create_administrator(session, self.registration, login, password)

    def end_office(self, login: str, *, even_last: bool) -> str:
        """End the office of a member of staff, an administrator too; return the person's id. Raises a refusal."""
        with self._commanded() as session:
            return staff.end_by_operator(session, login, even_last=even_last)

    def invite_again(self, login: str) -> str:
        """Invite a member of staff anew, an administrator too; return the invitation. Raises a refusal."""
        with self._commanded() as session:
            return invitation_text(self.registration.secrets, staff.invite_again_by_operator(session, login))

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
        for bus in self._buses:
            bus.close()
        self.assembly.close()

    def _commanded(self) -> AbstractContextManager[Session]:
        return self.nodes["registration"].transaction(of_system(self.clock.now()))

    def _worker(self, node: Node) -> Worker:
        logs = {name: other.log for name, other in self.nodes.items()}
        work = node.work(self.bus_of(node.service.name), logs, RELAY_HOLDER, send=self.assembly.sender(node))
        worker = Worker(work, self.clock, node.troubles)
        node.vitals["sweep_age_seconds"] = worker.sweep_age_s
        return worker

    def _wake(self) -> None:
        for worker in self._workers:
            worker.wake()


@contextmanager
def opened(settings: Settings, *, make: bool = False) -> Iterator[House]:
    """Open the house of a data folder for a command, beside a running one too; raises ConfigurationError.

    A folder that is not there is an error unless it may be made. Commands send no messages: any SMS adapter will do.
    """
    if not make and not has_data(settings):
        message = f"there is no data in {settings.data}; start `cheqi up` there first, or set CHEQI_DATA"
        raise ConfigurationError(message)
    house = House(settings.model_copy(update={"sms": settings.sms or "trial"}))
    try:
        yield house
    finally:
        house.stop()


def list_trial_sms(settings: Settings) -> list[dict[str, str]]:
    """Return the codes and notices that the trial SMS adapters kept for a day, newest first.

    Raises ConfigurationError where there are none of them.
    """
    registration, notify = settings.data_of("registration"), settings.data_of("notify")
    kept: list[tuple[datetime, str, str]] = []
    if TrialSMS.exists(registration):
        with closing(TrialSMS(registration, SystemClock())) as codes:
            kept += [(one.sent_at, one.phone, one.text) for one in codes.messages()]
    elif not TrialChannel.exists(notify):
        message = f"{registration} holds no message; start `cheqi up` there with CHEQI_SMS=trial, or set CHEQI_DATA"
        raise ConfigurationError(message)
    if TrialChannel.exists(notify):
        with closing(TrialChannel(notify, SystemClock())) as notices:
            kept += [(row.sent_at, row.address, row.text) for row in notices.messages()]
    kept.sort(key=itemgetter(0), reverse=True)
    return [{"sent": str(sent_at), "phone": phone, "text": text} for sent_at, phone, text in kept]
