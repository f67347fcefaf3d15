"""The import contracts of pyproject.toml hold something: a small project that breaks every one of them is refused."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

KEPT = {
    "shared/db": "",
    "shared/keys": "",
    "shared/web": "",
    "shared/otlp": "import opentelemetry",
    "shared/messaging/kafka": "import kafka",
    "shared/events": "import pydantic",
    "services/a": "from services.a import service, public, audit",
    "services/a/service": "from services.a import api",
    "services/a/api": "from services.a.b import commands, models",
    "services/a/public": "from services.a import api",
    "services/a/handlers": "from services.a import store, personal, rules",
    "services/a/audit": "from services.a import models",
    "services/a/store": "from services.a import models, problems",
    "services/a/personal": "import sqlalchemy",
    "services/a/models": "import sqlalchemy",
    "services/a/problems": "",
    "services/a/rules": "from services.a import problems",
    "services/a/b/commands": "from services.a.b import store",
    "services/a/b/store": "from services.a.b import models",
    "services/a/b/models": "import sqlalchemy",
    "services/b": "import shared.messaging.kafka",
    "cheqi": "import services.a, services.b",
}
BREAKS = {
    "house": ("shared/db", "import services.b"),
    "independence": ("services/b", "from services.a import store"),
    "layers": ("services/a/b/store", "from services.a.b import commands"),
    "rules": ("services/a/problems", "import fastapi"),
    "events": ("shared/events", "from shared import db"),
    "bus": ("services/a/personal", "import aiokafka"),
    "traces": ("services/a/personal", "import opentelemetry"),
}
NAMES = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


def broken_contracts(folder: Path, modules: dict[str, str]) -> list[str]:
    """Write a project with the contracts of this one; return the names of those that it breaks."""
    for name, text in modules.items():
        is_package = any(other.startswith(f"{name}/") for other in modules) or name.count("/") < 2
        path = folder / (f"{name}/__init__.py" if is_package else f"{name}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        for parent in path.relative_to(folder).parents[:-1]:
            (folder / parent / "__init__.py").touch()
        path.write_text(text)
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    told = subprocess.run(command, cwd=folder, env={"PYTHONPATH": "."}, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed program
    assert "Contracts: " in told.stdout, told.stdout + told.stderr
    return re.findall(r"^(.*) BROKEN", told.stdout, re.MULTILINE)


def test_a_project_in_the_intended_shape_keeps_every_contract(tmp_path: Path) -> None:
    assert broken_contracts(tmp_path, KEPT) == []


@pytest.mark.parametrize("contract", NAMES)
def test_a_project_that_breaks_a_contract_is_refused(contract: str, tmp_path: Path) -> None:
    module, statement = BREAKS[contract]

    broken = broken_contracts(tmp_path, KEPT | {module: f"{KEPT[module]}\n{statement}"})

    assert NAMES[contract] in broken
