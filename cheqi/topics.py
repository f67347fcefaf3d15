"""`cheqi topics`: the topics of the services on Kafka, and who may read and write them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cheqi.assembly import SERVICES
from cheqi.house import opened
from cheqi.terminal import AsJSON, complain, explained, say, show_rows
from shared.messaging import marks
from shared.settings import Settings, read_settings

if TYPE_CHECKING:
    from shared.messaging.kafka.topics import Provision, Topics

app = typer.Typer(no_args_is_help=True, help="The topics of the services on Kafka.")


@app.command("apply")
def apply(as_json: AsJSON = False) -> None:
    """Make topics that are missing, before any worker starts, and users and rights where Kafka asks who comes.

    A topic that is not as it should be is named on standard error and used as it is.
    """
    with explained():
        found = apply_topics(read_settings())
    show_rows("on Kafka", [asdict(one) for one in found], as_json=as_json)
    warn_of_differences(found)


@app.command("reset")
def reset(service: Annotated[str, typer.Argument(help="The consumer whose workers are stopped.")]) -> None:
    """Tell Kafka what a service has really applied, so that lag tools see it; what is read next stays as it is."""
    settings = read_settings()
    with explained(), opened(settings) as house:
        node = house.get_node(service)
        with node.store.read() as session:
            checkpoints = marks.list_checkpoints(session)
        count = topics_of(settings, service).reset_offsets(service, node.hears, checkpoints)
    say(f"{count} partitions of {service} are told")


def apply_topics(settings: Settings) -> "list[Provision]":
    """Make what is missing of topics, users and rights; return what was found of each.

    Raises ConnectionError without a broker, ConfigurationError where a setting is missing or the broker refuses it.
    """
    from cheqi.broker import admin_access, users_of  # noqa: PLC0415 - other commands need not load a client
    from shared.messaging.kafka.topics import Topics  # noqa: PLC0415 - the same
    from shared.messaging.kafka.users import apply_users  # noqa: PLC0415 - the same

    access, users = admin_access(settings), users_of(settings)
    found = Topics(access).provision(SERVICES, settings.kafka_replication)
    return found + apply_users(access, users) if users else found


def warn_of_differences(found: Sequence["Provision"]) -> None:
    """Say on standard error which topics are not as they should be, and what to do."""
    for one in (one for one in found if one.state == "differs"):
        complain(
            f"{one.name} is not as it should be: {one.detail}. It is used as it is; docs/operations.md says under "
            "'Topics that differ' what that costs, and how it is changed"
        )


def topics_of(settings: Settings, service: str) -> "Topics":
    """Return what a service asks and tells of topics."""
    from cheqi.broker import access_of  # noqa: PLC0415 - other commands need not load a client
    from shared.messaging.kafka.topics import Topics  # noqa: PLC0415 - the same

    return Topics(access_of(settings, service))
