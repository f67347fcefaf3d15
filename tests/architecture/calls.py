"""Which functions a function of a service may run, read off its text: names that it uses, resolved through imports.

What is reached by way of an object (a port, a session) is not followed; whatever is named counts as run.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tests.architecture.tree import Function, Source

ROUTE_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
NOT_ON_THE_WAY = ("rules", "schemas", "problems")
TABLES = "models"


@dataclass(frozen=True)
class Node:
    """A function, a class or a constant of a module."""

    module: str
    name: str

    @property
    def file(self) -> str:
        """The last part of the module's name."""
        return self.module.rpartition(".")[2]


class Calls:
    """The graph of names over the files of one service."""

    def __init__(self, files: Sequence[Source]) -> None:
        self._files = {file.module: file for file in files}

    @cached_property
    def _defined(self) -> dict[Node, list[ast.AST]]:
        return {node: code for file in self._files.values() for node, code in _definitions(file)}

    @cached_property
    def _imported(self) -> dict[str, dict[str, str]]:
        return {module: dict(_bound_names(file)) for module, file in self._files.items()}

    def handlers(self) -> set[Node]:
        """Return the functions that the tables of handlers and timers lead to."""
        ahead, found = [node for node in self._defined if node.name in ("HANDLERS", "TIMERS")], set[Node]()
        while ahead:
            used = set(self.used_by(ahead.pop()))
            found |= {node for node in used if self._is_function(node)}
            ahead += [node for node in used if node.name in ("HANDLERS", "TIMERS")]
        return found

    def routes(self) -> set[Node]:
        """Return the functions that answer a route."""
        functions = [(file.module, function) for file in self._files.values() for function in file.functions]
        return {Node(module, function.name) for module, function in functions if _is_route(function)}

    def used_by(self, node: Node) -> Iterator[Node]:
        """Return what of the service is named in a definition."""
        for code in self._defined.get(node, []):
            for name in _names(code):
                used = self._resolve(node.module, name)
                if used in self._defined and used != node:
                    yield used

    def longest_way(self, start: Node) -> tuple[str, ...]:
        """Return the most modules that lie one after another between a function and a table, both ends included."""
        ahead: list[tuple[Node, tuple[str, ...]]] = [(start, (start.module,))]
        seen, longest = set[tuple[Node, frozenset[str]]](), tuple[str, ...]()
        while ahead:
            node, way = ahead.pop()
            if node.file == TABLES:
                longest = max(longest, way, key=len)
            elif (node, frozenset(way)) not in seen:
                seen.add((node, frozenset(way)))
                onward = [used for used in self.used_by(node) if used.file not in NOT_ON_THE_WAY]
                ahead += [(used, way if used.module in way else (*way, used.module)) for used in onward]
        return longest

    def _resolve(self, module: str, name: str) -> Node:
        head, _, rest = name.partition(".")
        target = self._imported[module].get(head, f"{module}.{head}")
        if target in self._files:
            return Node(target, rest.partition(".")[0])
        owner, _, own = target.rpartition(".")
        return Node(owner, own)

    def _is_function(self, node: Node) -> bool:
        return any(isinstance(code, ast.stmt) and not isinstance(code, ast.ClassDef) for code in self._defined[node])


def _definitions(file: Source) -> Iterator[tuple[Node, list[ast.AST]]]:
    for statement in file.tree.body:
        if isinstance(statement, Function):
            yield Node(file.module, statement.name), list(statement.body)
        elif isinstance(statement, ast.ClassDef):
            yield Node(file.module, statement.name), [statement]
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            yield Node(file.module, statement.target.id), [statement.value]
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield Node(file.module, ast.unparse(target)), [statement.value]


def _bound_names(file: Source) -> Iterator[tuple[str, str]]:
    for statement in ast.walk(file.tree):
        if isinstance(statement, ast.ImportFrom):
            yield from ((alias.asname or alias.name, f"{statement.module}.{alias.name}") for alias in statement.names)
        elif isinstance(statement, ast.Import):
            yield from ((alias.asname, alias.name) for alias in statement.names if alias.asname)


def _names(code: ast.AST) -> Iterator[str]:
    for node in ast.walk(code):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Name):
            yield node.id


def _is_route(function: Function) -> bool:
    called = [decorator.func for decorator in function.decorator_list if isinstance(decorator, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in ROUTE_METHODS for call in called)
