"""Each service's API description: every operation is named, told in a sentence, and says how it is refused."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from shared.web.openapi import HARMLESS
from tests.contract.http.conftest import WorldOf
from tests.contract.http.matrix import SERVICES
from tests.contract.http.worlds import World

METHODS = {"get", "post", "put", "patch", "delete"}
PROBLEM = "#/components/responses/Problem"
KEY = {"$ref": "#/components/parameters/IdempotencyKey"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_has_a_name_of_its_own(world_of: WorldOf, service: str) -> None:
    names = Counter(operation["operationId"] for _method, _path, operation in operations(world_of(service)))

    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_told_in_a_sentence(world_of: WorldOf, service: str) -> None:
    untold = [
        path
        for _method, path, operation in operations(world_of(service))
        if not operation.get("summary") or not str(operation.get("description", "")).endswith((".", ")"))
    ]

    assert untold == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_says_how_it_is_refused(world_of: WorldOf, service: str) -> None:
    document = world_of(service).app.openapi()

    silent = [
        path
        for _method, path, operation in operations(world_of(service))
        if operation["responses"].get("default", {}).get("$ref") != PROBLEM
    ]

    assert silent == []
    assert "application/problem+json" in document["components"]["responses"]["Problem"]["content"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_command_of_a_person_asks_for_its_key(world_of: WorldOf, service: str) -> None:
    keyless = [
        path
        for method, path, operation in operations(world_of(service))
        if method == "post" and operation.get("security") and not operation.get(HARMLESS)
        if KEY not in operation.get("parameters", [])
    ]

    assert keyless == []


def test_a_request_that_changes_nothing_asks_for_no_key(world_of: WorldOf) -> None:
    operation = world_of("rewards").app.openapi()["paths"]["/api/rewards/voucher-lookups"]["post"]

    assert KEY not in operation.get("parameters", [])


@pytest.mark.parametrize("service", SERVICES)
def test_every_body_of_a_person_refuses_what_it_does_not_know(world_of: WorldOf, service: str) -> None:
    world = world_of(service)
    schemas = world.app.openapi()["components"]["schemas"]

    lax = [
        name
        for name in {body_of(operation) for _method, _path, operation in operations(world)} - {None}
        if schemas[str(name)].get("additionalProperties") is not False
    ]

    assert lax == []


def operations(world: World) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (method, path, operation) of a service's description."""
    for path, found in world.app.openapi()["paths"].items():
        for method in METHODS & found.keys():
            yield method, path, found[method]


def body_of(operation: dict[str, Any]) -> str | None:
    """Return the name of a JSON body's schema, None where there is none by name."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
    return name or None
