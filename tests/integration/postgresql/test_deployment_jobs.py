"""The two jobs of a deployment: an administrator makes the databases, and each service's role migrates its own."""

from pathlib import Path
from uuid import uuid4

from cheqi.assembly import SERVICES
from cheqi.databases import make_databases, migrate_stores
from cheqi.stores import ServerStores
from shared.settings import Settings
from tests.component.db.ddl import steps_of
from tests.containers.deployment import command, deployment_on
from tests.containers.postgresql import Server


def test_the_jobs_make_and_migrate_every_store_and_change_nothing_the_second_time(
    on_server: Server, tmp_path: Path
) -> None:
    settings = deployment_on(tmp_path, "no-broker:9092", on_server.admin, name=f"c{uuid4().hex[:8]}")

    made, again = make_databases(settings), make_databases(settings)
    taken, nothing = migrate_stores(settings), migrate_stores(settings)

    assert (len(made), again) == (3 * len(SERVICES), [])
    assert {one["service"]: one["taken"] for one in taken} == {service: numbers_of(service) for service in SERVICES}
    assert {one["taken"] for one in nothing} == {"none"}
    assert [ServerStores(settings).troubles(service) for service in SERVICES] == [[]] * len(SERVICES)


def test_a_role_whose_password_the_server_refuses_is_named_with_the_file_and_the_command_that_sets_it(
    on_server: Server, tmp_path: Path
) -> None:
    settings, name = deployment_on(tmp_path, "no-broker:9092", on_server.admin, name=f"c{uuid4().hex[:8]}"), "password"
    make_databases(settings)
    (tmp_path / name).write_text("another")

    refused = command(settings, "migrate")
    set_anew = command(settings, "databases")
    migrated = command(settings, "migrate")

    assert (refused.exit_code, set_anew.exit_code, migrated.exit_code) == (2, 0, 0)
    assert refused.stderr == (
        f"the database server at {on_server.admin.host}:{on_server.admin.port} refuses the role "
        f"{role_of(settings, SERVICES[0])} with the password that CHEQI_DATABASE_PASSWORD_FILE names; correct the "
        "file, or let `cheqi databases` set the role's password to what the file holds\n"
    )


def test_an_administrator_whose_password_the_server_refuses_is_named_with_the_file(
    on_server: Server, tmp_path: Path
) -> None:
    settings = deployment_on(tmp_path, "no-broker:9092", on_server.admin)
    (tmp_path / "admin-password").write_text("another")

    refused = command(settings, "databases")

    assert refused.exit_code == 2
    assert f"refuses its administrator {on_server.admin.username} with the password that " in refused.stderr
    assert "CHEQI_DATABASE_ADMIN_PASSWORD_FILE names" in refused.stderr
    assert "another" not in refused.stderr


def test_a_server_that_refuses_for_another_reason_is_told_in_its_own_words(on_server: Server, tmp_path: Path) -> None:
    settings = deployment_on(tmp_path, "no-broker:9092", on_server.admin, name=f"c{uuid4().hex[:8]}")
    make_databases(settings)
    on_server.execute(f"ALTER ROLE {role_of(settings, SERVICES[0])} CONNECTION LIMIT 0")

    refused = command(settings, "migrate")

    assert refused.exit_code == 2
    assert "too many connections for role" in refused.stderr
    assert "CHEQI_DATABASE_PASSWORD_FILE" not in refused.stderr


def role_of(settings: Settings, service: str) -> str:
    """Return the role of a service."""
    return ServerStores(settings).tenant(service).role


def numbers_of(service: str) -> str:
    """Return the numbers of the steps that a service brings, in order."""
    return ", ".join(step.stem.partition("_")[0] for step in steps_of(service))
