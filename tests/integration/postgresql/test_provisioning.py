"""Databases and roles: one of each for a service, closed to all others, made as often as one likes."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import URL

from shared.db import provisioning
from shared.db.provisioning import Tenant, provision
from shared.errors import ConfigurationError
from tests.containers.postgresql import Server

NAMES = ("one", "other")
LIMIT = 3


@pytest.fixture
def tenants(on_server: Server) -> Iterator[dict[str, Tenant]]:
    """Return two services' roles and databases, made by an administrator who is no superuser."""
    mark = uuid4().hex[:8]
    made = {
        name: Tenant(f"{name}_{mark}", f"secret of {name}", (f"{name}_{mark}", f"{name}_{mark}_keys"), LIMIT)
        for name in NAMES
    }
    administrator = on_server.admin.set(username=f"admin_{mark}", password="a")
    on_server.execute(f"CREATE ROLE admin_{mark} LOGIN CREATEDB CREATEROLE PASSWORD 'a'")
    assert len(provision(administrator, made.values())) == 6
    assert provision(administrator, made.values()) == []
    yield made
    for tenant in made.values():
        for database in tenant.databases:
            on_server.drop(on_server.address(database))


def test_a_role_uses_its_own_databases(on_server: Server, tenants: dict[str, Tenant]) -> None:
    for database in tenants["one"].databases:
        with _connected(on_server.admin, tenants["one"], database) as connection:
            connection.execute("CREATE TABLE mine (id text)")


def test_a_role_cannot_connect_to_the_databases_of_another(on_server: Server, tenants: dict[str, Tenant]) -> None:
    for database in tenants["other"].databases:
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            _connected(on_server.admin, tenants["one"], database)


def test_texts_sort_on_the_server_as_they_do_in_python(on_server: Server, tenants: dict[str, Tenant]) -> None:
    words = ["b", "A", "a", "B", "_", "é", "车", "马"]

    with _connected(on_server.admin, tenants["one"], tenants["one"].databases[0]) as connection:
        rows = connection.execute("SELECT word FROM unnest(%s::text[]) AS word ORDER BY word", [words]).fetchall()

    assert [row[0] for row in rows] == sorted(words)


def test_a_new_password_counts_from_the_next_time_on(on_server: Server, tenants: dict[str, Tenant]) -> None:
    one = tenants["one"]
    changed = replace(one, password="another")

    provision(on_server.admin, [changed])

    _connected(on_server.admin, changed, one.databases[0]).close()
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        _connected(on_server.admin, one, one.databases[0])


@pytest.mark.parametrize("limit", [LIMIT, LIMIT + 2])
def test_a_role_has_no_more_connections_than_its_limit_and_another_has_its_own(
    on_server: Server, tenants: dict[str, Tenant], limit: int
) -> None:
    one, other = tenants["one"], tenants["other"]
    provision(on_server.admin, [replace(one, connections=limit)])

    with ExitStack() as held:
        for number in range(limit):
            held.enter_context(_connected(on_server.admin, one, one.databases[number % 2]))
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            _connected(on_server.admin, one, one.databases[0])

        _connected(on_server.admin, other, other.databases[0]).close()


@pytest.mark.parametrize(
    ("rights", "why"),
    [
        ("NOCREATEDB NOCREATEROLE", "permission denied to create role"),
        ("NOCREATEDB CREATEROLE", "permission denied to create database"),
    ],
)
def test_an_administrator_who_may_not_do_it_is_told_why_and_what_to_do(
    on_server: Server, tenants: dict[str, Tenant], rights: str, why: str
) -> None:
    mark = uuid4().hex[:8]
    lesser = on_server.admin.set(username=f"lesser_{mark}", password="a")
    on_server.execute(f"CREATE ROLE lesser_{mark} LOGIN PASSWORD 'a' {rights}")
    fresh = replace(tenants["one"], role=f"fresh_{mark}", databases=(f"fresh_{mark}",))

    with pytest.raises(ConfigurationError, match=why) as refused:
        provision(lesser, [fresh])

    assert f"ALTER ROLE lesser_{mark} CREATEDB CREATEROLE" in str(refused.value)


def test_a_role_that_another_administrator_made_is_told_of(on_server: Server, tenants: dict[str, Tenant]) -> None:
    mark = uuid4().hex[:8]
    other = on_server.admin.set(username=f"second_{mark}", password="a")
    on_server.execute(f"CREATE ROLE second_{mark} LOGIN PASSWORD 'a' CREATEDB CREATEROLE")

    with pytest.raises(ConfigurationError, match=r"permission denied to alter role.* or who made them"):
        provision(other, tenants.values())


def _connected(admin: URL, tenant: Tenant, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=admin.host, port=admin.port, user=tenant.role, password=tenant.password, dbname=database
    )


def test_who_finds_another_at_it_for_too_long_says_so(
    on_server: Server, tenants: dict[str, Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioning, "WAIT_MAX", "50ms")
    with psycopg.connect(on_server.admin.set(drivername="postgresql").render_as_string(hide_password=False)) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [provisioning.LOCK])

        with pytest.raises(ConnectionError, match="another process has been making databases"):
            provision(on_server.admin, tenants.values())
