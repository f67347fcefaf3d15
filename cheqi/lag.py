"""`cheqi lag`: how far each service is behind, on any bus."""

from collections.abc import Iterator, Mapping

import typer

from cheqi.house import opened
from cheqi.terminal import AsJSON, Row, explained, show_rows
from shared.messaging.lag import count_behind
from shared.node import Node
from shared.settings import read_settings


def lag(as_json: AsJSON = False) -> None:
    """Show how many events each service has not applied yet; the status is 1 when there are any."""
    with explained(), opened(read_settings()) as house:
        rows = list(lag_rows(house.nodes))
    show_rows("lag", rows, as_json=as_json)
    raise typer.Exit(1 if any(row["behind"] for row in rows) else 0)


def lag_rows(nodes: Mapping[str, Node]) -> Iterator[Row]:
    """Yield one row for each service and publisher that it hears, with what it has not applied of what was told."""
    for name, node in nodes.items():
        for publisher in sorted(node.hears):
            behind = count_behind(node.store, publisher, nodes[publisher].log)
            yield {"service": name, "hears": publisher, "behind": behind}


def count_unsettled(nodes: Mapping[str, Node]) -> int:
    """Return how many events are not sent or not applied yet in all services."""
    unsent = sum(int(node.gauges()["unsent_events"]) for node in nodes.values())
    return unsent + sum(int(row["behind"]) for row in lag_rows(nodes))
