"""What audits do not compare stands in the documents, each with its reason."""

import importlib
from pathlib import Path

import pytest

from tests.component.db.ddl import SERVICES

PAGE = Path("docs/audit.md")


@pytest.mark.parametrize("service", SERVICES)
def test_the_page_names_what_no_audit_compares_and_nothing_else(service: str) -> None:
    untold = importlib.import_module(f"services.{service}.told").UNTOLD

    _, _, chapter = PAGE.read_text(encoding="utf-8").partition(f"## {service.capitalize()}\n")
    rows = [line for line in chapter.partition("\n## ")[0].splitlines() if line.startswith("| `")]

    assert rows == [f"| `{name}` | {why} |" for name, why in untold.items()]
