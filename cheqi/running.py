"""`cheqi up` and `cheqi serve`: everything in one process, or APIs and workers in processes of their own."""

import os
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from cheqi.assembly import SERVICES
from cheqi.pulse import Pulse
from cheqi.serve import serve_api, serve_house
from cheqi.supervisor import Command, Supervisor, run_until_signal
from cheqi.terminal import explained
from cheqi.topics import apply_topics, warn_of_differences
from shared.errors import ConfigurationError
from shared.settings import PREFIX, Settings, read_settings
from shared.telemetry import configure_logs

ALL, PORT_MAX = "all", 65_535
Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(min=0, max=PORT_MAX, help="Port to listen on.")]
PulsePipe = Annotated[int | None, typer.Option("--pulse", hidden=True)]


class Role(StrEnum):
    """What one process of a service does."""

    API = "api"
    WORKER = "worker"
    RELAY = "relay"


class TransportName(StrEnum):
    """How a worker is handed events: a run of records at once, or as Faust itself does it."""

    RUN = "run"
    STOCK = "stock"


class BusName(StrEnum):
    """A bus by its name."""

    LOCAL = "local"
    KAFKA = "kafka"


class StoreName(StrEnum):
    """A kind of store by its name."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


Bus = Annotated[BusName | None, typer.Option(help="What carries events from service to service.")]
Store = Annotated[StoreName | None, typer.Option(help="What services keep their data in.")]


def up(host: Host = None, port: Port = None, bus: Bus = None, store: Store = None) -> None:
    """Run every service, until Ctrl-C: in one process on the local bus; on Kafka in one for APIs and five workers."""
    with explained():
        settings = _set(host=host, port=port, bus=bus, store=store)
        if settings.bus == BusName.LOCAL.value:
            serve_house(settings)
        else:
            warn_of_differences(apply_topics(settings))
            _keep_running(settings, [_command(ALL, Role.API), *(_command(name, Role.WORKER) for name in SERVICES)])


def serve(
    service: Annotated[str, typer.Argument(help="The service, or `all` with the role api.")],
    role: Annotated[Role | None, typer.Option(help="What this process does; both API and worker without it.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=PORT_MAX, help="Port to listen on; 0 lets the system choose one.")
    ] = None,
    transport: Annotated[TransportName, typer.Option(help="How a worker is handed events.")] = TransportName.RUN,
    pulse: PulsePipe = None,
) -> None:
    """Run one service on Kafka, until Ctrl-C: its API and its worker as supervised processes, or one of them alone."""
    with explained():
        settings, names = _set(port=port, bus=BusName.KAFKA), _names(service, role)
        if role is Role.API:
            serve_api(settings, names, Pulse(pulse))
        elif role is None:
            _keep_running(settings, [_command(service, Role.API), _command(service, Role.WORKER)])
        else:
            _work(settings, service, role, transport, Pulse(pulse))


def _work(settings: Settings, service: str, role: Role, transport: TransportName, pulse: Pulse) -> None:
    from cheqi import broker, working  # noqa: PLC0415 - other commands need not load what hears Kafka

    how = working.WorkerSettings(access=broker.access_of(settings, service), transport=transport.value)
    work = working.serve_worker if role is Role.WORKER else working.serve_relay
    work(settings, service, how, pulse)


def _names(service: str, role: Role | None) -> tuple[str, ...]:
    if service == ALL and role is Role.API:
        return SERVICES
    if service not in SERVICES:
        message = f"there is no service {service!r}; choose one of: {', '.join(SERVICES)}"
        raise ConfigurationError(message)
    return (service,)


def _keep_running(settings: Settings, commands: Sequence[Command]) -> None:
    """Keep processes running; they reach services at the address of the API here, unless another one is set."""
    os.environ.setdefault(f"{PREFIX}SERVICES_URL", settings.address)
    configure_logs(settings.log_level)
    run_until_signal(Supervisor(commands, os.environ))


def _command(service: str, role: Role) -> Command:
    anywhere = () if role is Role.API else ("--port", "0")
    return Command(f"{service} {role}", ("serve", service, "--role", role, *anywhere))


def _set(**options: str | int | None) -> Settings:
    """Return the settings as the options change them; child processes get them by the environment."""
    chosen = {name: value for name, value in options.items() if value is not None}
    os.environ.update({f"{PREFIX}{name.upper()}": str(value) for name, value in chosen.items()})
    return read_settings()
