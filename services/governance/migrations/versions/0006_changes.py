"""How often a report was corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count from now on."""
    op.add_column("hazard", sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))
