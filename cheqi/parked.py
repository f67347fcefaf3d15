"""`cheqi parked`: events and timers that failed and wait for an operator's decision."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from cheqi.house import House, opened
from cheqi.terminal import AsJSON, Row, complain, explained, say, show_rows
from shared.errors import ConfigurationError
from shared.messaging.operate import Told
from shared.messaging.parking import get_parked, list_parked
from shared.messaging.timers import list_parked_timers, redrive_timer
from shared.node import Node
from shared.settings import Settings, read_settings

app = typer.Typer(no_args_is_help=True, help="Events and timers that failed and wait for a decision.")
Service = Annotated[str, typer.Argument(help="The service that parked it.")]
TIMER = "timer "
ParkedId = Annotated[str, typer.Argument(help="Its id, as `cheqi parked list` shows it.")]


@app.command("list")
def list_all(as_json: AsJSON = False) -> None:
    """List what every service has parked."""
    with explained(), opened(read_settings()) as house:
        rows = [row for node in house.nodes.values() for row in parked_rows(node)]
    show_rows("parked", rows, as_json=as_json)


@app.command("show")
def show(service: Service, parked_id: ParkedId) -> None:
    """Say why an event or a timer is parked, on standard error, and print the event's document."""
    settings = read_settings()
    with explained(), opened(settings) as house:
        node = house.get_node(service)
        found = [row for row in parked_rows(node) if row["id"] == parked_id]
        for name, value in (pair for row in found for pair in row.items()):
            complain(f"{name}: {value}")
        if not _is_timer(found):
            with node.snapshot() as session:
                row = get_parked(session, parked_id)
            complain(f"source: {_place_of(row.source, settings)}")
            typer.echo(row.document)


@app.command("redrive")
def redrive(
    service: Service,
    parked_id: ParkedId,
    adopt: Annotated[bool, typer.Option("--adopt", help="Accept an event whose history differs.")] = False,
) -> None:
    """Apply a parked event, or let a parked timer fire again, and what waits behind it."""
    with explained(), opened(read_settings()) as house:
        node = house.get_node(service)
        with node.store.write() as session:
            is_timer = redrive_timer(session, parked_id)
        if not is_timer and _compared(house, node, parked_id) is Told.NEVER:
            complain(
                f"{parked_id} was never told by its publisher, and was not applied: `cheqi parked discard` forgets it"
            )
            raise typer.Exit(1)
        took_effect = is_timer or node.operator().redrive(parked_id, adopt=adopt)
    if not took_effect:
        complain(
            f"{parked_id} failed again and stays parked: `cheqi parked show {service} {parked_id}` says why; if it "
            f"must never take effect, `cheqi parked discard {service} {parked_id}` steps over it"
        )
        raise typer.Exit(1)
    say(f"{parked_id} {'will fire again' if is_timer else 'took effect'}")


@app.command("discard")
def discard(service: Service, event_id: ParkedId) -> None:
    """Step over a parked event; the service's log tells that it was. One that was never told is only forgotten."""
    with explained(), opened(read_settings()) as house:
        node = house.get_node(service)
        if _is_timer([row for row in parked_rows(node) if row["id"] == event_id]):
            message = f"{event_id} is a timer, which stands for something that is due: mend the cause and redrive it"
            raise ConfigurationError(message)
        if _compared(house, node, event_id) is Told.OTHERWISE:
            message = (
                f"what was parked under {event_id} is not what its publisher told, which stands there now: look at it "
                "with `cheqi parked show`, then redrive or discard that"
            )
            raise ConfigurationError(message)
        node.operator().discard(event_id)
    say(f"{event_id} was discarded")


def _compared(house: House, node: Node, event_id: str) -> Told:
    """Ask an event's publisher; in the place of what it never told, or told otherwise, stands what it told."""
    with node.snapshot() as session:
        publisher = get_parked(session, event_id).source
    return node.operator().compare(event_id, house.get_node(publisher).log)


def _place_of(source: str, settings: Settings) -> str:
    """Return who published what is parked, and the topic that it came by; its partition and offset are not kept."""
    if settings.bus == "local":
        return source
    from shared.messaging.kafka.topics import topic_of  # noqa: PLC0415 - the embedded default need not load a client

    return f"{source}, by the topic {topic_of(source)}"


def _is_timer(found: Sequence[Row]) -> bool:
    return any(str(row["type"]).startswith(TIMER) for row in found)


def parked_rows(node: Node) -> Iterator[Row]:
    """Yield what one service has parked, events first."""
    name = node.service.name
    with node.snapshot() as session:
        for row in list_parked(session):
            what = {"type": row.type, "subject": row.subject, "reason": row.reason}
            why = {"error": row.error, "place": row.place, "attempts": row.attempts, "since": row.first_at}
            yield {"service": name, "id": row.id, **what, **why}
        for row in list_parked_timers(session):
            what = {"type": f"{TIMER}{row.purpose}", "subject": row.subject, "reason": "failed"}
            why = {"error": row.error, "place": row.place, "attempts": row.attempts, "since": row.due}
            yield {"service": name, "id": row.id, **what, **why}
