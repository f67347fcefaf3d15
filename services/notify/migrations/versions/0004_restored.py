"""Which backup a store was put back from, until its log's tail was read back."""

from alembic import op

from shared.messaging.migrations import kit_0004

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the kit's table of that."""
    kit_0004(op)
