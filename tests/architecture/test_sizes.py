"""Nothing grows a tail: files, functions, branches and arguments stay below their hard limits."""

import ast
from collections.abc import Iterator, Sequence

from tests.architecture.tree import EVERYTHING, Function, Source, sources

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
BRANCHES_MAX = 8
ARGUMENTS_MAX = 5

BRANCHES = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case)


def long_files(files: Sequence[Source]) -> list[str]:
    """Return the files that are too long."""
    lengths = [(source.path, len(source.text.splitlines())) for source in files]
    return [f"{path}: {lines} lines" for path, lines in lengths if lines > FILE_LINES_MAX]


def oversized_functions(files: Sequence[Source]) -> list[str]:
    """Return the functions that are too long, branch too often or take too much."""
    functions = [(source.path, function) for source in files for function in source.functions]
    return [f"{path}: {function.name} has {excess}" for path, function in functions for excess in _excesses(function)]


def _excesses(function: Function) -> Iterator[str]:
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    branches = sum(isinstance(node, BRANCHES) for node in ast.walk(function))
    arguments = len(_arguments(function))
    measured = (("lines", lines, FUNCTION_LINES_MAX), ("branches", branches, BRANCHES_MAX))
    for what, count, limit in (*measured, ("arguments", arguments, ARGUMENTS_MAX)):
        if count > limit:
            yield f"{count} {what}"


def _arguments(function: Function) -> list[str]:
    taken = function.args
    names = [argument.arg for argument in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)]
    return [name for name in names if name not in ("self", "cls")]


def test_no_file_is_longer_than_300_lines() -> None:
    assert long_files(sources(*EVERYTHING)) == []


def test_no_function_is_too_long_branches_too_often_or_takes_too_much() -> None:
    assert oversized_functions(sources(*EVERYTHING)) == []


def test_a_file_of_301_lines_is_seen() -> None:
    assert long_files([Source("a.py", "\n" * 300), Source("b.py", "\n" * 301)]) == ["b.py: 301 lines"]


def test_a_function_of_41_lines_is_seen() -> None:
    forty, more = (f"def f():\n{'    pass' + chr(10)}" + "    pass\n" * count for count in (38, 39))

    assert oversized_functions([Source("a.py", forty), Source("b.py", more)]) == ["b.py: f has 41 lines"]


def test_a_ninth_branch_is_seen() -> None:
    eight, nine = ("def f(x):\n" + "    if x: pass\n" * count for count in (8, 9))

    assert oversized_functions([Source("a.py", eight), Source("b.py", nine)]) == ["b.py: f has 9 branches"]


def test_a_sixth_argument_is_seen_and_self_is_none() -> None:
    five = Source("a.py", "class A:\n    def f(self, a, b, c, *, d, e): pass\n")
    six = Source("b.py", "class A:\n    def f(self, a, b, c, *, d, e, f): pass\n")

    assert oversized_functions([five, six]) == ["b.py: f has 6 arguments"]
