"""Every request of the first steps is one that a service describes, with fields that it knows."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.contract.http.conftest import WorldOf

TEXT = (Path(__file__).parents[3] / "docs" / "first-steps.md").read_text(encoding="utf-8")
REQUESTS = re.findall(r"```http\n(\w+) (\S+)\n(.+)\n```", TEXT)
READ = re.findall(r"`GET (/api/[^`]+)`", TEXT)


def described(world_of: WorldOf, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a service describes of the path, and its whole description."""
    document = world_of(path.split("/")[2]).app.openapi()
    form = re.sub(r"<(\w+)>", r"{\1}", path)
    return document["paths"][form], document


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS, ids=range(len(REQUESTS)))
def test_a_request_is_described_and_its_fields_are_known(world_of: WorldOf, method: str, path: str, body: str) -> None:
    operations, document = described(world_of, path)

    schema = operations[method.lower()]["requestBody"]["content"]["application/json"]["schema"]

    assert any(fits(json.loads(body), form) for form in forms_of(document, schema))


@pytest.mark.parametrize("path", READ)
def test_what_is_read_is_described(world_of: WorldOf, path: str) -> None:
    assert "get" in described(world_of, path)[0]


def forms_of(document: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the objects that a schema allows."""
    if "$ref" in schema:
        return forms_of(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    choices = schema.get("oneOf") or schema.get("anyOf")
    return [form for one in choices for form in forms_of(document, one)] if choices else [schema]


def fits(body: dict[str, Any], form: dict[str, Any]) -> bool:
    """Tell whether a body has what a form requires, nothing that it does not know, and the words that it fixes."""
    known = form["properties"]
    fixed = {name: part["const"] for name, part in known.items() if "const" in part}
    return set(form.get("required", ())) <= set(body) <= set(known) and fixed.items() <= body.items()
