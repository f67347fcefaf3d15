"""Tests run beside a system that another test of the same process has started: none may change its classes."""

import ast
from collections.abc import Sequence

from tests.architecture.tree import PRODUCT, Source, sources

IN_PROCESSES_OF_THEIR_OWN = ("tests/sim/", "tests/chaos/")
KAFKA = "shared.messaging.kafka"
"""No system that tests share meets on it."""


def patched_classes(files: Sequence[Source]) -> list[str]:
    """Return where a test replaces an attribute of one of the project's own classes, and so of every object of it."""
    return [
        f"{file.path}:{call.lineno}: {call.args[0].id}"
        for file in files
        for call in ast.walk(file.tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "setattr"
        if call.args and isinstance(call.args[0], ast.Name) and call.args[0].id in own_classes(file)
    ]


def own_classes(file: Source) -> set[str]:
    """Return the classes of the project that a file imports."""
    shared = [name for module, name in file.imports if module.split(".")[0] in PRODUCT and not module.startswith(KAFKA)]
    names = [name for name in shared if name is not None]
    return {name for name in names if name[:1].isupper() and not name.isupper()}


def test_no_test_patches_a_class_that_a_running_system_may_use() -> None:
    beside_a_system = [file for file in sources("tests") if not file.path.startswith(IN_PROCESSES_OF_THEIR_OWN)]

    assert patched_classes(beside_a_system) == []


def test_a_patched_class_is_seen_and_a_patched_object_is_allowed() -> None:
    file = Source(
        "tests/a.py",
        "from shared.node import Node\nfrom shared.rules import RULES\n\n"
        "def test_a(patch, store):\n    patch.setattr(Node, 'gauges', None)\n    patch.setattr(store, 'commit', None)\n"
        "    patch.setattr(RULES, 'limit', 1)\n",
    )

    assert patched_classes([file]) == ["tests/a.py:5: Node"]
