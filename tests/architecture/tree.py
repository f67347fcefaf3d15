"""The project's source as the architecture tests read it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("services", "shared", "cheqi")
EVERYTHING = (*PRODUCT, "tests", "bench")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file, by its path from the root of the project."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text, self.path)

    @property
    def module(self) -> str:
        """The dotted name under which the file is imported."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return Path(self.path).stem

    @cached_property
    def functions(self) -> list[Function]:
        """Every function and method, nested ones too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @property
    def imports(self) -> Iterator[tuple[str, str | None]]:
        """What the file imports: a module, and the name taken from it if one was."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, None) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.module or "", alias.name) for alias in node.names)


def sources(*folders: str) -> list[Source]:
    """Return the Python files of some folders of the project."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [_source(path) for path in paths]


@cache
def _source(path: Path) -> Source:
    """Each file is read and parsed once in a process, however many tests look at it."""
    return Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))


def services() -> list[str]:
    """Return the names of the services."""
    return sorted(path.name for path in (ROOT / "services").iterdir() if (path / "__init__.py").exists())
