"""Room beside rows that are updated again and again."""

from alembic import op

from shared.messaging.migrations import kit_0003

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Leave room in the tables that are updated in place."""
    kit_0003(op)
