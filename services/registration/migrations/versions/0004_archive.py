"""What registration moves from its log to files."""

from alembic import op

from shared.messaging.migrations import kit_0002

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the kit's tables of archived months and events."""
    kit_0002(op)
