"""A store that noted where a type was first passed over, not where lowest, is backfilled from the beginning."""

import pytest
from sqlalchemy import create_engine, select

from shared.db.migrate import migrate_connection, migrate_to
from shared.messaging.tables import passed_type
from tests.component.db.ddl import SERVICES, steps_of


@pytest.mark.parametrize("service", SERVICES)
def test_what_was_passed_over_before_is_backfilled_from_the_beginning(service: str) -> None:
    steps = [step.stem for step in steps_of(service)]
    before = steps[steps.index(next(step for step in steps if step.endswith("_handled_types"))) - 1]
    engine = create_engine("sqlite://")

    with engine.begin() as connection:
        migrate_to(connection, f"services.{service}", before.partition("_")[0])
        noted = {"source": "governance", "type": "cn.cheqi.governance.hazard-rejected.v1", "first_position": 40}
        connection.execute(passed_type.insert().values(noted))
        migrate_connection(connection, f"services.{service}")
        begins = connection.scalar(select(passed_type.c.first_position))

    assert begins == 1
