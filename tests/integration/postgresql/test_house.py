"""Every service in one process, on databases of a server."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from cheqi.databases import make_databases, migrate_stores
from cheqi.house import House
from cheqi.stores import ServerStores
from shared.db.store import open_store
from shared.errors import ConfigurationError
from tests.containers.deployment import deployment_on
from tests.containers.postgresql import Server
from tests.integration.postgresql.test_deployment_jobs import numbers_of


def test_of_a_service_on_a_server_the_disk_of_photos_alone_is_its_own(on_server: Server, tmp_path: Path) -> None:
    settings = deployment_on(tmp_path, "no-broker:9092", on_server.admin, name=f"c{uuid4().hex[:8]}")
    make_databases(settings)
    migrate_stores(settings)

    house = House(settings.model_copy(update={"bus": "local"}))
    try:
        told = {name: node.disk_free() is not None for name, node in house.nodes.items()}
    finally:
        house.stop()

    assert [name for name, tells in told.items() if tells] == ["governance"]


def test_a_house_with_a_store_that_lacks_a_migration_does_not_start(on_server: Server, tmp_path: Path) -> None:
    settings = deployment_on(tmp_path, "no-broker:9092", on_server.admin, name=f"c{uuid4().hex[:8]}")
    settings = settings.model_copy(update={"bus": "local"})
    make_databases(settings)
    migrate_stores(settings)
    *_, before, last = numbers_of("rewards").split(", ")
    store = open_store(ServerStores(settings).url("rewards"))
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :before"), {"before": before})
    store.close()

    house = House(settings)
    try:
        with pytest.raises(ConfigurationError, match=f"the store of rewards lacks migrations {last}"):
            house.start()
    finally:
        house.stop()
