"""From an event to a table three files of the service are to be read, from a request four; rules and schemas apart."""

from collections.abc import Iterable

import pytest

from tests.architecture.calls import Calls, Node
from tests.architecture.tree import Source, services, sources

FROM_EVENT_MAX = 3
FROM_REQUEST_MAX = 4

SERVICE = {
    "handlers": """
from services.a import store
def note(session, event): store.add(session)
HANDLERS = {E: each(note)}
""",
    "api": """
from services.a import commands as orders
@router.post("/")
def make(call): call.once(lambda session: orders.make(session))
""",
    "commands": """
from services.a.rules import size
from services.a.store import add
def make(session): add(session, size())
""",
    "store": """
from services.a.models import Row
def add(session): session.add(Row())
""",
    "rules": """
from services.a.models import Row
def size(): return Row
""",
    "models": "class Row: pass",
}


def calls_of(files: dict[str, str]) -> Calls:
    """Return the graph of a made-up service."""
    return Calls([Source(f"services/a/{name}.py", text) for name, text in files.items()])


def long_ways(calls: Calls, starts: Iterable[Node], limit: int) -> list[str]:
    """Return the ways to a table that run through too many files."""
    ways = [(start, calls.longest_way(start)) for start in sorted(starts, key=str)]
    return [f"{start.name}: {' > '.join(way)}" for start, way in ways if len(way) > limit]


@pytest.mark.parametrize("service", services())
def test_an_event_reaches_a_table_through_three_files(service: str) -> None:
    calls = Calls(sources(f"services/{service}"))

    assert calls.handlers()
    assert long_ways(calls, calls.handlers(), FROM_EVENT_MAX) == []


@pytest.mark.parametrize("service", services())
def test_a_request_reaches_a_table_through_four_files(service: str) -> None:
    calls = Calls(sources(f"services/{service}"))

    assert calls.routes()
    assert long_ways(calls, calls.routes(), FROM_REQUEST_MAX) == []


def test_the_usual_ways_are_found_and_rules_do_not_count() -> None:
    calls = calls_of(SERVICE)

    ways = [calls.longest_way(start) for start in (*calls.handlers(), *calls.routes())]

    assert [[module.rpartition(".")[2] for module in way] for way in ways] == [
        ["handlers", "store", "models"],
        ["api", "commands", "store", "models"],
    ]


def test_a_file_between_handlers_and_store_is_seen() -> None:
    flow = """
from services.a import store
def add(session): _add(session)
def _add(session): store.add(session)
"""
    handlers = SERVICE["handlers"].replace("import store", "import flow as store")
    calls = calls_of(SERVICE | {"handlers": handlers, "flow": flow})

    assert long_ways(calls, calls.handlers(), FROM_EVENT_MAX) == [
        "note: services.a.handlers > services.a.flow > services.a.store > services.a.models"
    ]


def test_handlers_and_timers_are_found_through_the_tables_of_other_modules() -> None:
    gathered = """
from services.a import handlers
HANDLERS = {**handlers.HANDLERS}
"""

    calls = calls_of(SERVICE | {"service": gathered, "timers": "TIMERS = {}"})

    assert calls.handlers() == {Node("services.a.handlers", "note")}


def test_a_way_that_goes_round_ends() -> None:
    again = """
def again(session): again(session); add(session); twice(session)
def twice(session): again(session)
"""
    calls = calls_of(SERVICE | {"store": SERVICE["store"] + again})

    assert calls.longest_way(Node("services.a.store", "again")) == ("services.a.store", "services.a.models")
