"""What the migrations make is what the code expects, on both databases."""

from importlib import import_module

import pytest
from alembic.operations import Operations
from sqlalchemy import Column, MetaData, Table, Text, create_engine

from shared.db.migrate import migrate_connection
from shared.messaging.migrations import kit_0001, kit_0002, kit_0004, kit_0005
from shared.messaging.tables import KIT
from tests.component.db.ddl import SERVICES, asked_for, made_offline, metadata_of, schema_of, steps_of


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_kit_s_steps_make_the_kit_s_tables(dialect: str) -> None:
    def all_steps(operations: Operations) -> None:
        for step in (kit_0001, kit_0002, kit_0004, kit_0005):
            step(operations)

    made = made_offline(dialect, all_steps)

    assert made == asked_for(dialect, KIT)


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_of_a_service_make_the_tables_of_its_models_on_sqlite(service: str) -> None:
    engine = create_engine("sqlite://")

    with engine.begin() as connection:
        migrate_connection(connection, f"services.{service}")
        made = schema_of(connection)

    assert made == asked_for("sqlite", KIT, metadata_of(service))


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_of_a_service_make_the_tables_of_its_models_on_postgresql(service: str) -> None:
    def all_steps(_operations: Operations) -> None:
        for step in steps_of(service):
            import_module(f"services.{service}.migrations.versions.{step.stem}").upgrade()

    made = made_offline("postgresql", all_steps)

    assert made == asked_for("postgresql", KIT, metadata_of(service))


@pytest.mark.parametrize("service", SERVICES)
def test_the_steps_of_a_service_form_one_line_in_the_order_of_their_names(service: str) -> None:
    steps = [(import_module(f"services.{service}.migrations.versions.{step.stem}"), step) for step in steps_of(service)]

    line = [(module.down_revision, module.revision) for module, _step in steps]

    numbers = [step.stem.partition("_")[0] for _module, step in steps]
    assert line == list(zip([None, *numbers[:-1]], numbers, strict=True))


def test_a_column_that_the_migrations_forgot_is_seen() -> None:
    extended = MetaData()
    Table("head", extended, Column("subject", Text, primary_key=True), Column("forgotten", Text))

    made = made_offline("sqlite", _create_head)

    assert made != asked_for("sqlite", extended)


def _create_head(operations: Operations) -> None:
    operations.create_table("head", Column("subject", Text, primary_key=True))
