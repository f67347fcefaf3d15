"""Which offices staff hold, as registration tells."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who holds an office, and whose has ended."""
    op.create_table(
        "appointment",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("staff_id", sa.Text(), nullable=False, index=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("subdistrict", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("ended", sa.Boolean(), nullable=False),
    )
