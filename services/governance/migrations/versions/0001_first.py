"""The first tables of governance."""

import sqlalchemy as sa
from alembic import op

from shared.db.types import Instant
from shared.messaging.migrations import kit_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the kit's tables and governance's own."""
    kit_0001(op)
    _create_people()
    _create_photos()
    _create_hazards()


def _create_people() -> None:
    op.create_table(
        "rider",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("subdistrict", sa.Text(), nullable=False),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("staff_id", sa.Text(), nullable=False, index=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("subdistrict", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("ended", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "category",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("parent", sa.Text()),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )


def _create_photos() -> None:
    op.create_table(
        "photo",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("rider_id", sa.Text(), nullable=False, index=True),
        sa.Column("file_key", sa.Text(), nullable=False, unique=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("phash", sa.Text(), nullable=False),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.Column("hazard_id", sa.Text(), unique=True),
        sa.Column("subdistrict", sa.Text(), index=True),
    )


def _create_hazards() -> None:
    op.create_table(
        "hazard",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("rider_id", sa.Text(), index=True),
        sa.Column("subdistrict", sa.Text(), nullable=False),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("no_award", sa.Text()),
        sa.Column("photo_id", sa.Text()),
        sa.Column("same_photo_as", sa.Text()),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("survivor_id", sa.Text(), sa.ForeignKey("hazard.id"), index=True),
        sa.Column("shares_award", sa.Boolean()),
        sa.Column("decided_at", Instant()),
        sa.Column("decided_by", sa.Text()),
    )
    op.create_index("hazard_state", "hazard", ["subdistrict", "state", "id"])
    op.create_table(
        "hazard_content",
        sa.Column("hazard_id", sa.Text(), sa.ForeignKey("hazard.id"), primary_key=True),
        sa.Column("rider_id", sa.Text(), nullable=False, index=True),
        sa.Column("cell", sa.Text(), nullable=False, index=True),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "earning_day",
        sa.Column("rider_id", sa.Text(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("earning", sa.Integer(), nullable=False),
    )
