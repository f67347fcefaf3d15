"""The first tables of training."""

import sqlalchemy as sa
from alembic import op

from shared.db.types import Instant
from shared.messaging.migrations import kit_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the kit's tables and training's own."""
    kit_0001(op)
    _create_orders()
    _create_classes()
    _create_certificates()


def _create_orders() -> None:
    op.create_table(
        "rider",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("subdistrict", sa.Text(), nullable=False),
    )
    op.create_table(
        "course",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("subdistrict", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text()),
        sa.Column("title_en", sa.Text()),
        sa.Column("certifies", sa.Boolean(), nullable=False),
        sa.Column("valid_days", sa.Integer()),
        sa.Column("added_at", Instant(), nullable=False),
    )
    op.create_table(
        "course_order",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("rider_id", sa.Text(), index=True),
        sa.Column("course_id", sa.Text(), sa.ForeignKey("course.id"), nullable=False),
        sa.Column("subdistrict", sa.Text(), nullable=False, index=True),
        sa.Column("class_id", sa.Text()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("ordered_at", Instant(), nullable=False),
    )
    _unique_where("course_order_active", "course_order", ["rider_id", "course_id"], "active")
    op.create_index("course_order_class", "course_order", ["class_id"])
    op.create_table(
        "wish",
        sa.Column("order_id", sa.Text(), sa.ForeignKey("course_order.id"), primary_key=True),
        sa.Column("rider_id", sa.Text(), nullable=False, index=True),
        sa.Column("words", sa.LargeBinary(), nullable=False),
    )


def _create_classes() -> None:
    op.create_table(
        "class",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("course_id", sa.Text(), sa.ForeignKey("course.id"), nullable=False),
        sa.Column("subdistrict", sa.Text(), nullable=False, index=True),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("venue_zh", sa.Text(), nullable=False),
        sa.Column("venue_en", sa.Text(), nullable=False),
        sa.Column("joinable", sa.Boolean(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("completed_at", Instant()),
    )
    _unique_where("class_joinable", "class", ["course_id", "subdistrict"], "joinable")
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("class_id", sa.Text(), sa.ForeignKey("class.id"), nullable=False),
        sa.Column("rider_id", sa.Text(), index=True),
        sa.Column("checked_in_at", Instant()),
        sa.Column("outcome", sa.Text()),
        sa.Column("confirmed_at", Instant()),
        sa.Column("passed", sa.Boolean()),
        sa.UniqueConstraint("class_id", "rider_id"),
    )


def _create_certificates() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("number", sa.Text(), nullable=False, unique=True),
        sa.Column("enrolment_id", sa.Text(), sa.ForeignKey("enrolment.id"), nullable=False),
        sa.Column("rider_id", sa.Text(), index=True),
        sa.Column("class_id", sa.Text(), sa.ForeignKey("class.id"), nullable=False, index=True),
        sa.Column("course_id", sa.Text(), sa.ForeignKey("course.id"), nullable=False),
        sa.Column("subdistrict", sa.Text(), nullable=False, index=True),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.Column("revoked_at", Instant()),
        sa.Column("revocation_reason", sa.Text()),
        sa.Column("replaces", sa.Text()),
    )
    _unique_where("certificate_standing", "certificate", ["enrolment_id"], "revoked_at IS NULL")
    op.create_table(
        "certificate_name",
        sa.Column("certificate_id", sa.Text(), sa.ForeignKey("certificate.id"), primary_key=True),
        sa.Column("rider_id", sa.Text(), nullable=False, index=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
    )


def _unique_where(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)
