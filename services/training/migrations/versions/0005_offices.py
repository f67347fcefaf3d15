"""Which offices staff hold, as registration tells."""

from alembic import op

from shared.offices.migrations import offices_0001

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who holds an office, and whose has ended."""
    offices_0001(op)
