"""Who may know whom, where the import contracts of pyproject.toml cannot say it."""

import ast
import sys
from collections.abc import Mapping, Sequence

import grimp
import pytest

from tests.architecture.tree import PRODUCT, Source, sources

MEETING_PLACES = ("commands", "handlers")
NOT_A_HANDLER_S = ("logging", "structlog", "time", "asyncio", "threading", "shared.clock", "shared.messaging.bus")


def cycles(imports: Mapping[str, set[str]]) -> list[set[str]]:
    """Return the groups of modules that import each other round in a circle."""
    reach = {module: _reachable(module, imports) for module in imports}
    groups = {frozenset(other for other in reach[module] if module in reach[other]) for module in imports}
    return [set(group) for group in groups if group]


def _reachable(module: str, imports: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = set(imports[module])
    while ahead:
        found |= ahead
        ahead = set().union(*(imports.get(each, set()) for each in ahead)) - found
    return found


def strangers(files: Sequence[Source], known: frozenset[str]) -> list[str]:
    """Return the imports of anything but the standard library and what is known."""
    found = [(file.path, module) for file in files for module, _ in file.imports]
    return [f"{path}: {module}" for path, module in found if not _is_known(module, known)]


def _is_known(module: str, known: frozenset[str]) -> bool:
    is_ours = any(f"{module}.".startswith(f"{name}.") for name in known)
    return is_ours or module.partition(".")[0] in sys.stdlib_module_names


def noun_meetings(files: Sequence[Source]) -> list[str]:
    """Return the imports by which a noun of a service knows another outside of commands and handlers."""
    nouns = {_noun(file.module) for file in files if file.name == "__init__" and file.module.count(".") == 2}
    quiet = [file for file in files if _noun(file.module) in nouns and file.name not in MEETING_PLACES]
    met = [(file, f"{module}.{name}" if name else module) for file in quiet for module, name in file.imports]
    return [f"{file.path}: {name}" for file, name in met if _noun(name) in nouns - {_noun(file.module)}]


def _noun(module: str) -> str:
    return ".".join(module.split(".")[:3])


def unfit_for_handlers(files: Sequence[Source]) -> list[str]:
    """Return what handlers import though the kit does it for them: logs, clocks, threads, the bus."""
    handlers = [file for file in files if file.name == "handlers"]
    named = [(file.path, module) for file in handlers for module, _ in file.imports]
    return [f"{path}: {module}" for path, module in named if module.startswith(NOT_A_HANDLER_S)]


def events_elsewhere(files: Sequence[Source]) -> list[str]:
    """Return the event classes that are declared where no stored schema and no catalogue shows them."""
    elsewhere = [file for file in files if not file.path.startswith("shared/events/")]
    classes = [
        (file.path, node) for file in elsewhere for node in ast.walk(file.tree) if isinstance(node, ast.ClassDef)
    ]
    return [
        f"{path}: {node.name}" for path, node in classes if any(ast.unparse(base) == "Event" for base in node.bases)
    ]


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph(*PRODUCT, cache_dir=None)

    imports = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}

    assert cycles(imports) == []


def test_event_contracts_know_pydantic_only() -> None:
    assert strangers(sources("shared/events"), frozenset({"pydantic", "shared.events"})) == []


def test_events_are_declared_among_the_event_contracts_only() -> None:
    assert events_elsewhere(sources(*PRODUCT)) == []


def test_nouns_of_a_service_meet_in_commands_and_handlers_only() -> None:
    assert noun_meetings(sources("services")) == []


def test_handlers_leave_logs_clocks_threads_and_the_bus_to_the_kit() -> None:
    assert unfit_for_handlers(sources(*PRODUCT)) == []


def test_an_event_elsewhere_is_seen() -> None:
    told = "class ToldV1(Event, source='a', subject='id'): ..."

    found = events_elsewhere([Source("services/a/events.py", told), Source("shared/events/a.py", told)])

    assert found == ["services/a/events.py: ToldV1"]


def test_a_circle_is_seen() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [{"b", "c"}]


def test_a_stranger_is_seen() -> None:
    file = Source("shared/events/a.py", "import json\nimport pydantic_core\nfrom shared.db.types import Instant\n")

    assert strangers([file], frozenset({"pydantic", "shared.events"})) == [
        "shared/events/a.py: pydantic_core",
        "shared/events/a.py: shared.db.types",
    ]


@pytest.mark.parametrize(
    "statement", ["from services.a.c import store", "from services.a.c.models import C", "import services.a.c.store"]
)
def test_a_meeting_of_nouns_outside_commands_is_seen(statement: str) -> None:
    files = [
        Source("services/a/b/__init__.py", ""),
        Source("services/a/c/__init__.py", ""),
        Source("services/a/models.py", ""),
        Source("services/a/b/store.py", f"from services.a.models import Base\n{statement}\n"),
        Source("services/a/b/commands.py", statement),
        Source("services/a/service.py", statement),
    ]

    assert [meeting.split(":")[0] for meeting in noun_meetings(files)] == ["services/a/b/store.py"]


def test_a_handler_that_logs_is_seen() -> None:
    handlers = Source("services/a/handlers.py", "import logging\nfrom shared.messaging import emit\n")

    assert unfit_for_handlers([handlers]) == ["services/a/handlers.py: logging"]
