"""Databases and roles on a PostgreSQL server: one of each for a service, and nobody else comes in."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from sqlalchemy import URL

from shared.db.server import refused_role
from shared.errors import ConfigurationError

LOCK = 20260919
WAIT_MAX = "60s"
"""How long one waits for another who makes databases at the same time."""
CODE_POINT_ORDER = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
"""Texts sort on the server as they do in Python and SQLite, whatever the server's own language."""


@dataclass(frozen=True)
class Tenant:
    """A role and the databases that it alone may use; how many connections it may have at once to all of them."""

    role: str
    password: str = field(repr=False)
    databases: tuple[str, ...]
    connections: int


def provision(admin: URL, tenants: Iterable[Tenant]) -> list[str]:
    """Make what is missing of roles and databases, set passwords and limits; return the names of what was made.

    Done again it changes nothing but those. `admin` may create databases and roles; it need not be a superuser.
    Raises ConnectionError where the server is away or does not let it in, or another process is at it for too long;
    ConfigurationError where the server does not let it do this.
    """
    made: list[str] = []
    with _connected(admin) as connection:
        _take_turn(connection)
        try:
            for tenant in tenants:
                made += _make_role(connection, tenant)
                made += [name for name in tenant.databases if _make_database(connection, name, tenant.role)]
        except psycopg.errors.InsufficientPrivilege as error:
            raise _not_allowed(admin, error) from error
    return made


def _connected(admin: URL) -> psycopg.Connection:
    try:
        return psycopg.connect(_conninfo(admin), autocommit=True)
    except psycopg.OperationalError as error:
        if refused := refused_role(error):
            server, role = refused
            message = (
                f"the database server at {server} refuses its administrator {role} with the password that "
                "CHEQI_DATABASE_ADMIN_PASSWORD_FILE names, or the address in CHEQI_DATABASE_ADMIN_URL holds: correct "
                "it, or tell the server that password (Secrets in docs/operations.md says how)"
            )
            raise ConnectionError(message) from error
        message = f"a database server does not let its administrator in: {str(error).strip().splitlines()[0]}"
        raise ConnectionError(message) from error


def _not_allowed(admin: URL, error: psycopg.errors.InsufficientPrivilege) -> ConfigurationError:
    why = " ".join(filter(None, (error.diag.message_primary, error.diag.message_detail)))
    message = (
        f"the database server does not let {admin.username} make what services need: {why}. Let a superuser carry out "
        f"`ALTER ROLE {admin.username} CREATEDB CREATEROLE`, or let CHEQI_DATABASE_ADMIN_URL name who may: for roles "
        "that stand already, a superuser or who made them. Then run this command again"
    )
    return ConfigurationError(message)


def _take_turn(connection: psycopg.Connection) -> None:
    connection.execute(sql.SQL("SET lock_timeout = {}").format(sql.Literal(WAIT_MAX)))
    try:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    except psycopg.errors.LockNotAvailable as error:
        message = (
            f"another process has been making databases here for more than {WAIT_MAX}: let it end, or end its "
            "connection, and try again"
        )
        raise ConnectionError(message) from error


def _make_role(connection: psycopg.Connection, tenant: Tenant) -> list[str]:
    role = sql.Identifier(tenant.role)
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [tenant.role]).fetchone()
    if not known:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE").format(role))
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH SET TRUE").format(role))
    # The server's log shows statements: it is told what the password is checked against, not the password.
    verifier = connection.pgconn.encrypt_password(tenant.password.encode(), tenant.role.encode(), b"scram-sha-256")
    changed = sql.SQL("ALTER ROLE {} CONNECTION LIMIT {} PASSWORD {}")
    connection.execute(changed.format(role, sql.Literal(tenant.connections), sql.Literal(verifier.decode())))
    return [] if known else [tenant.role]


def _make_database(connection: psycopg.Connection, name: str, owner: str) -> bool:
    database, role = sql.Identifier(name), sql.Identifier(owner)
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if not known:
        created = sql.SQL("CREATE DATABASE {} OWNER {} " + CODE_POINT_ORDER)
        connection.execute(created.format(database, role))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    return not known


def _conninfo(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
