"""The first tables of notify."""

import sqlalchemy as sa
from alembic import op

from shared.db.types import Instant
from shared.messaging.migrations import kit_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the kit's tables and notify's own."""
    kit_0001(op)
    _create_preferences()
    _create_notices()


def _create_preferences() -> None:
    op.create_table(
        "preference",
        sa.Column("person_id", sa.Text(), primary_key=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sms_allowed", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "mute",
        sa.Column("person_id", sa.Text(), primary_key=True),
        sa.Column("topic", sa.Text(), primary_key=True),
        sa.Column("channel", sa.Text(), primary_key=True),
    )


def _create_notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("subdistrict", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.Column("read_at", Instant()),
        sa.Column("archived_at", Instant()),
    )
    op.create_index("notice_person", "notice", ["person_id", "id"])
    op.create_table(
        "notice_parameter",
        sa.Column("notice_id", sa.Text(), sa.ForeignKey("notice.id"), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_table(
        "delivery",
        sa.Column("notice_id", sa.Text(), sa.ForeignKey("notice.id"), primary_key=True),
        sa.Column("channel", sa.Text(), primary_key=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
    )
    op.create_index("delivery_due", "delivery", ["state", "due_at"])
