"""`cheqi republish`: refills an empty broker from a service's log."""

from typing import Annotated

import typer
from rich.progress import Progress

from cheqi.house import opened
from cheqi.terminal import AsJSON, complain, explained, say, show_rows
from shared.errors import ConfigurationError
from shared.messaging.bus import Bus
from shared.messaging.local import LocalBus
from shared.messaging.republish import republish as publish_again
from shared.messaging.republish import sent_up_to
from shared.node import Node
from shared.settings import read_settings


def republish(
    service: Annotated[str, typer.Argument(help="The service whose events the broker lost.")],
    after: Annotated[int, typer.Option(min=0, help="The position that an earlier run reached.")] = 0,
    as_json: AsJSON = False,
) -> None:
    """Publish a service's events once more, archived ones too; whoever has heard them already drops them."""
    with explained(), opened(read_settings()) as house:
        node = house.get_node(service)
        bus = house.bus_of(service)
        if isinstance(bus, LocalBus):
            say_nothing_to_refill(service, as_json=as_json)
        else:
            refill(node, bus, after, as_json=as_json)


def say_nothing_to_refill(service: str, *, as_json: bool) -> None:
    """Say that the local bus keeps nothing that could be lost."""
    if as_json:
        show_rows("published", [{"service": service, "published": 0, "reached": 0}], as_json=True)
    else:
        say(f"there is nothing to refill: on the local bus, others read the log of {service} itself")


def refill(node: Node, bus: Bus, after: int, *, as_json: bool) -> None:
    """Publish and show progress; ends with status 1, saying where to go on, when the broker went away.

    Raises ConfigurationError for a position that the log was never sent up to.
    """
    name, sent, reached, published = node.service.name, sent_up_to(node.store), after, 0
    if after > sent:
        message = f"the log of {name} was sent up to position {sent}, so that nothing stands after {after}; say less"
        raise ConfigurationError(message)
    with Progress(transient=True, disable=as_json) as progress:
        task = progress.add_task(f"{name} is published again", total=sent, completed=after)

        def note(position: int) -> None:
            nonlocal reached
            reached = position
            progress.update(task, completed=position)

        try:
            published = publish_again(node.store, name, bus, after, note)
        except ConnectionError as error:
            complain(f"{error}; go on with `cheqi republish {name} --after {reached}`")
            raise typer.Exit(1) from None
    show_rows("published", [{"service": name, "published": published, "reached": reached}], as_json=as_json)
