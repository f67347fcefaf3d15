"""The first tables of rewards."""

import sqlalchemy as sa
from alembic import op

from shared.db.types import Instant
from shared.messaging.migrations import kit_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the kit's tables and rewards' own."""
    kit_0001(op)
    _create_balances()
    _create_entries()
    _create_lots()
    _create_claims()
    _create_offers()
    _create_vouchers()
    _create_redemptions()


def _create_balances() -> None:
    op.create_table(
        "balance",
        sa.Column("rider_id", sa.Text(), primary_key=True),
        sa.Column("subdistrict", sa.Text(), index=True),
        sa.Column("moved_at", Instant()),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("earned_total", sa.Integer(), nullable=False),
        sa.CheckConstraint("available >= 0", name="balance_available"),
        sa.CheckConstraint("held >= 0", name="balance_held"),
        sa.CheckConstraint("reserved >= 0", name="balance_reserved"),
    )


def _create_entries() -> None:
    op.create_table(
        "entry",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("time", Instant(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("cause_kind", sa.Text(), nullable=False),
        sa.Column("cause_id", sa.Text(), nullable=False),
        sa.Column("subdistrict", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False, unique=True),
        sa.Column("reverses", sa.Text(), sa.ForeignKey("entry.id"), unique=True),
    )
    op.create_index("entry_cause", "entry", ["cause_id", "cause_kind", "kind"])
    op.create_table(
        "posting",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("entry_id", sa.Text(), sa.ForeignKey("entry.id"), nullable=False),
        sa.Column("account", sa.Text(), nullable=False, index=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.UniqueConstraint("entry_id", "account"),
    )


def _create_lots() -> None:
    op.create_table(
        "lot",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("rider_id", sa.Text(), nullable=False),
        sa.Column("subdistrict", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("entry_id", sa.Text(), sa.ForeignKey("entry.id"), nullable=False, unique=True),
        sa.CheckConstraint("points > 0", name="lot_points"),
    )
    op.create_index("lot_rider", "lot", ["rider_id", "expires_at"])
    op.create_table(
        "lot_use",
        sa.Column("lot_id", sa.Text(), sa.ForeignKey("lot.id"), primary_key=True),
        sa.Column("entry_id", sa.Text(), sa.ForeignKey("entry.id"), primary_key=True, index=True),
        sa.Column("points", sa.Integer(), nullable=False),
    )


def _create_claims() -> None:
    op.create_table(
        "hold",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("rider_id", sa.Text(), nullable=False, index=True),
        sa.Column("subdistrict", sa.Text(), nullable=False),
        sa.Column("cause_kind", sa.Text(), nullable=False),
        sa.Column("cause_id", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.UniqueConstraint("cause_kind", "cause_id"),
    )
    op.create_table(
        "claim",
        sa.Column("hazard_id", sa.Text(), primary_key=True),
        sa.Column("rider_id", sa.Text(), index=True),
        sa.Column("subdistrict", sa.Text(), nullable=False),
        sa.Column("earns", sa.Boolean(), nullable=False),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("survivor_id", sa.Text(), index=True),
        sa.Column("merged_at", Instant()),
        sa.Column("shares", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.Text()),
        sa.Column("decided_at", Instant()),
        sa.Column("severity", sa.Text()),
        sa.Column("reason", sa.Text()),
    )


def _create_offers() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("subdistrict", sa.Text(), nullable=False, index=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("points > 0", name="offer_points"),
    )


def _create_vouchers() -> None:
    op.create_table(
        "voucher",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("rider_id", sa.Text(), index=True),
        sa.Column("subdistrict", sa.Text(), nullable=False, index=True),
        sa.Column("offer_id", sa.Text(), sa.ForeignKey("offer.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reserved_at", Instant(), nullable=False),
        sa.Column("reserved_until", Instant(), nullable=False),
        sa.Column("issued_at", Instant()),
        sa.Column("expires_at", Instant()),
        sa.Column("ended_at", Instant()),
        sa.Column("reason", sa.Text()),
        sa.Column("points_returned", sa.Integer()),
        sa.Column("code_digest", sa.Text(), unique=True),
    )
    op.create_table(
        "voucher_code",
        sa.Column("voucher_id", sa.Text(), sa.ForeignKey("voucher.id"), primary_key=True),
        sa.Column("rider_id", sa.Text(), nullable=False, index=True),
        sa.Column("code", sa.LargeBinary(), nullable=False),
    )


def _create_redemptions() -> None:
    op.create_table(
        "partner",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("subdistrict", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "redemption",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("voucher_id", sa.Text(), sa.ForeignKey("voucher.id"), nullable=False),
        sa.Column("offer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Text(), nullable=False, index=True),
        sa.Column("redeemed_at", Instant(), nullable=False),
        sa.Column("undone_at", Instant()),
    )
    standing = sa.text("undone_at IS NULL")
    op.create_index(
        "redemption_standing",
        "redemption",
        ["voucher_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "wrong_code",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
    )
    op.create_index("wrong_code_person", "wrong_code", ["person_id", "entered_at"])
