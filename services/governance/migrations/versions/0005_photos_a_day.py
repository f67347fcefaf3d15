"""How many photos of a rider were looked at on a day."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; what was looked at before does not count."""
    op.create_table(
        "photo_day",
        sa.Column("rider_id", sa.Text(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("looked_at", sa.Integer(), nullable=False),
    )
