"""Which types the service handles, whichever of its versions is at work."""

from alembic import op

from shared.messaging.migrations import kit_0005

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the kit's table of that."""
    kit_0005(op)
