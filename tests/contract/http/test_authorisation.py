"""Every route crossed with every role: whoever may gets in, and nobody else does."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response

from shared.auth import Principal, Role
from tests.contract.http.conftest import WorldOf
from tests.contract.http.matrix import PEOPLE, ROWS, SERVICES, Row
from tests.contract.http.worlds import ELSEWHERE, World

METHODS = {"get", "post", "put", "patch", "delete"}
KEPT_OUT = {401, 403, 404}
BY_PEOPLE = [row for row in ROWS if not row.everybody and row.scope is None]
BY_SERVICES = [row for row in ROWS if row.scope is not None]
SIGNED_IN = [*BY_PEOPLE, *BY_SERVICES]
NO_COMMANDS = {"/api/rewards/voucher-lookups", "/api/governance/photos"}
"""The first changes nothing; of the second, which is no JSON, the picture is looked at before its key."""
COMMANDS = [row for row in BY_PEOPLE if row.method == "POST" and row.path not in NO_COMMANDS]
OPEN = [row for row in ROWS if row.everybody]
ANY_SCOPE = frozenset({"events:read", "audit:read", "rider.phone:read", "rider.name:read"})


def by_id(row: Row) -> str:
    return row.id


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_has_one_row(world_of: WorldOf, service: str) -> None:
    paths = world_of(service).app.openapi()["paths"]

    routes = sorted(f"{method.upper()} {path}" for path, found in paths.items() for method in METHODS & found.keys())

    assert routes == sorted(row.id for row in ROWS if row.service == service)


@pytest.mark.parametrize("row", OPEN, ids=by_id)
def test_an_open_route_asks_nobody_to_sign_in(world_of: WorldOf, row: Row) -> None:
    answer = ask(world_of(row.service), row, None)

    assert answer.status_code != 403
    assert not (answer.status_code == 401 and problem_of(answer) == "unauthorised")
    assert answer.status_code < 500


@pytest.mark.parametrize("row", BY_PEOPLE, ids=by_id)
def test_a_role_that_may_not_is_kept_out(world_of: WorldOf, row: Row) -> None:
    world = world_of(row.service)

    answers = {str(who): ask(world, row, world.token(who)).status_code for who in kept_out(world, row)}

    assert {who: status for who, status in answers.items() if status not in KEPT_OUT} == {}


@pytest.mark.parametrize("row", BY_PEOPLE, ids=by_id)
def test_a_role_that_may_gets_in(world_of: WorldOf, row: Row) -> None:
    world = world_of(row.service)
    rider = world.ids.get(row.named.get("rider_id", ""))
    allowed = [world.person(role, rider=rider) for role in sorted(row.roles)]

    answers = {str(who): ask(world, row, world.token(who)) for who in allowed}

    assert {who: answer.text for who, answer in answers.items() if answer.status_code in KEPT_OUT} == {}
    assert {who: answer.text for who, answer in answers.items() if answer.status_code >= 500} == {}


@pytest.mark.parametrize("row", BY_SERVICES, ids=by_id)
def test_a_service_gets_in_with_the_scope_and_not_with_another(world_of: WorldOf, row: Row) -> None:
    world = world_of(row.service)
    asking = [Principal("notify", Role.SERVICE, scopes=scopes) for scopes in (scope_of(row), ANY_SCOPE - scope_of(row))]

    right, wrong = [ask(world, row, world.token(who)).status_code for who in asking]

    assert (right, wrong) == (200, 403)


@pytest.mark.parametrize("row", BY_SERVICES, ids=by_id)
def test_no_person_gets_in_where_services_do(world_of: WorldOf, row: Row) -> None:
    world = world_of(row.service)

    statuses = {ask(world, row, world.token(world.person(role))).status_code for role in PEOPLE}

    assert statuses == {403}


@pytest.mark.parametrize("row", SIGNED_IN, ids=by_id)
def test_nobody_gets_in_without_a_token_that_is_good_now(world_of: WorldOf, row: Row) -> None:
    world = world_of(row.service)
    allowed = allowed_principal(world, row)
    altered = f"{world.token(allowed)[:-4]}AAAA"

    statuses = [ask(world, row, token).status_code for token in (None, "", "x.y.z", altered)]
    late = ask(world, row, world.expired_token(allowed))

    assert statuses == [401] * 4
    assert (late.status_code, problem_of(late)) == (401, "unauthorised")


@pytest.mark.parametrize("row", BY_PEOPLE, ids=by_id)
def test_a_service_gets_in_nowhere_as_a_person(world_of: WorldOf, row: Row) -> None:
    world = world_of(row.service)
    service = Principal("portal", Role.SERVICE, world.here, scopes=ANY_SCOPE)

    assert ask(world, row, world.token(service)).status_code == 403


@pytest.mark.parametrize("row", COMMANDS, ids=by_id)
def test_a_command_without_a_key_is_refused(world_of: WorldOf, row: Row) -> None:
    world = world_of(row.service)

    answer = ask(world, row, world.token(allowed_principal(world, row)), key="")

    assert (answer.status_code, problem_of(answer)) == (400, "idempotency-key-missing")


@pytest.mark.parametrize("row", [row for row in COMMANDS if Role.SUBDISTRICT_STAFF in row.roles], ids=by_id)
def test_staff_who_have_moved_since_are_answered_nothing_by_a_repeat(world_of: WorldOf, row: Row) -> None:
    world, key = world_of(row.service), uuid4().hex
    here = world.person(Role.SUBDISTRICT_STAFF)
    ask(world, row, world.token(here), key)

    again = ask(world, row, world.token(replace(here, subdistrict=ELSEWHERE)), key)

    assert again.status_code in {403, 404, 409, 422}


def kept_out(world: World, row: Row) -> Iterator[Principal]:
    """Yield a person of each role that may not use a route, and those who may only use it for what is theirs."""
    yield from (world.person(role) for role in sorted(PEOPLE - row.roles))
    if row.within:
        yield world.person(Role.SUBDISTRICT_STAFF, elsewhere=True)
    if row.own:
        owners = {Role.RIDER, Role.PARTNER_STAFF} & row.roles
        yield from (world.person(role, elsewhere=True) for role in sorted(owners))


def allowed_principal(world: World, row: Row) -> Principal:
    """Return somebody who may use a route."""
    if row.scope is not None:
        return Principal("notify", Role.SERVICE, scopes=scope_of(row))
    return world.person(sorted(row.roles)[0])


def scope_of(row: Row) -> frozenset[str]:
    """Return the scope of a route for services."""
    return frozenset({str(row.scope)})


def ask(world: World, row: Row, token: str | None, key: str | None = None) -> Response:
    """Use a route once, under a key of its own unless one is given."""
    names = {name: world.ids[row.named.get(name, name)] for name in parameters(row.path)}
    headers = {"Idempotency-Key": uuid4().hex if key is None else key, "Accept-Language": "en"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    body = None if row.body is None else filled(row.body, world.ids)
    return world.http.request(row.method, row.path.format(**names), json=body, headers=headers)


def parameters(path: str) -> list[str]:
    """Return the names of a path's parameters."""
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def filled(value: Any, ids: Mapping[str, str]) -> Any:
    """Return a body with the ids of what the world holds."""
    if isinstance(value, str):
        return value.format(**ids)
    if isinstance(value, list):
        return [filled(one, ids) for one in value]
    return {name: filled(one, ids) for name, one in value.items()} if isinstance(value, Mapping) else value


def problem_of(answer: Response) -> str:
    """Return the code of the problem that a request was answered with."""
    return str(answer.json().get("type", "")).rpartition("/")[2]
