"""Phones that rest after an erasure."""

import sqlalchemy as sa
from alembic import op

from shared.db.types import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of resting phones."""
    op.create_table(
        "resting_phone",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("free_from", Instant(), nullable=False),
    )
