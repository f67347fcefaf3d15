"""A posting is known by its account and its entry; room beside claims and holds, which are decided in place."""

import sqlalchemy as sa
from alembic import op

from shared.messaging.migrations import leave_room

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Write postings anew, in the order of their accounts, without an id and an index of their own."""
    op.create_table(
        "posting_lean",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "entry_id"),
    )
    op.execute(
        "INSERT INTO posting_lean (account, entry_id, points) "
        "SELECT account, entry_id, points FROM posting ORDER BY account, entry_id"
    )
    op.drop_table("posting")
    op.rename_table("posting_lean", "posting")
    leave_room(op, "claim", "hold")
