"""What riders consent to."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; `cheqi backfill governance` fills it with what was said before."""
    op.create_table(
        "consent",
        sa.Column("rider_id", sa.Text(), primary_key=True),
        sa.Column("purpose", sa.Text(), primary_key=True),
        sa.Column("granted", sa.Boolean(), nullable=False),
    )
