"""The two jobs of a deployment: an administrator makes the databases, and each service's role migrates its own."""

from pathlib import Path
from uuid import uuid4

from cheqi.assembly import SERVICES
from cheqi.databases import make_databases, migrate_stores
from cheqi.stores import ServerStores
from tests.component.db.ddl import steps_of
from tests.containers.deployment import deployment_on
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


def numbers_of(service: str) -> str:
    """Return the numbers of the steps that a service brings, in order."""
    return ", ".join(step.stem.partition("_")[0] for step in steps_of(service))
