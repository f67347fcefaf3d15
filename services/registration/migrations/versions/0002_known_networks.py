"""The networks that people signed in from."""

import sqlalchemy as sa
from alembic import op

from shared.db.types import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of known networks."""
    op.create_table(
        "known_network",
        sa.Column("person_id", sa.Text(), primary_key=True),
        sa.Column("network_key", sa.Text(), primary_key=True),
        sa.Column("last_at", Instant(), nullable=False, index=True),
    )
