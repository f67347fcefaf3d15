"""The API description: every operation tells how it is refused, who may ask, and which header a command needs."""

from typing import Any

import pytest

from tests.harness import Bench


@pytest.fixture
def document(bench: Bench) -> dict[str, Any]:
    """Return the sample's description."""
    http = bench.http()
    assert http.get("/api/training/openapi.json").json() == http.get("/api/training/openapi.json").json()
    found: dict[str, Any] = http.get("/api/training/openapi.json").json()
    return found


def test_every_operation_answers_with_problems_and_nothing_else_of_the_framework(document: dict[str, Any]) -> None:
    operations = [one for path in document["paths"].values() for one in path.values()]

    assert {one["responses"]["default"]["$ref"] for one in operations} == {"#/components/responses/Problem"}
    assert not any("422" in one["responses"] for one in operations)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_operations_are_named_like_their_functions(document: dict[str, Any]) -> None:
    paths = document["paths"]

    assert paths["/api/training/notes"]["post"]["operationId"] == "post_note"
    assert paths["/api/training/events/heads"]["get"]["operationId"] == "get_event_heads"


def test_a_command_asks_for_a_key_and_a_question_does_not(document: dict[str, Any]) -> None:
    notes = document["paths"]["/api/training/notes"]

    reference = {"$ref": "#/components/parameters/IdempotencyKey"}
    assert notes["post"]["parameters"] == [reference]
    assert reference not in notes["get"]["parameters"]


def test_routes_say_whether_they_are_for_persons_or_for_services(document: dict[str, Any]) -> None:
    paths = document["paths"]

    assert paths["/api/training/notes"]["get"]["security"] == [{"person": []}]
    assert paths["/api/training/names"]["get"]["security"] == [{"service": []}]
    assert "security" not in paths["/api/training/open"]["get"]
    assert set(document["components"]["securitySchemes"]) == {"person", "service"}


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/api/training/docs"])
def test_no_page_is_served_that_loads_from_elsewhere(bench: Bench, path: str) -> None:
    assert bench.http().get(path).status_code == 404
