"""Which offices staff hold, as registration tells."""

from alembic import op

from shared.offices.migrations import offices_0001

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who holds an office, and whose has ended."""
    offices_0001(op)
