"""The first tables of registration."""

import sqlalchemy as sa
from alembic import op

from shared.db.types import Instant
from shared.messaging.migrations import kit_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the kit's tables and registration's own."""
    kit_0001(op)
    _create_riders()
    _create_consents_and_erasures()
    _create_codes()
    _create_identity()
    _create_offices()


def _create_riders() -> None:
    op.create_table(
        "rider",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("phone_digest", sa.Text(), nullable=False, unique=True),
        sa.Column("subdistrict", sa.Text(), nullable=False, index=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("registered_at", Instant(), nullable=False),
        sa.Column("phone_proved_at", Instant()),
    )
    op.create_table(
        "rider_detail",
        sa.Column("rider_id", sa.Text(), sa.ForeignKey("rider.id"), primary_key=True),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary()),
        sa.Column("email", sa.LargeBinary()),
    )
    op.create_table(
        "muted_notice",
        sa.Column("rider_id", sa.Text(), sa.ForeignKey("rider.id"), primary_key=True),
        sa.Column("pair", sa.Text(), primary_key=True),
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("rider_id", sa.Text(), nullable=False, index=True),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("through", sa.Text(), nullable=False),
        sa.Column("registered_at", Instant(), nullable=False),
    )


def _create_consents_and_erasures() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("rider_id", sa.Text(), nullable=False, index=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("given_through", sa.Text(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
    )
    _unique_where("consent_standing", "consent", ["rider_id", "purpose"], "standing")
    op.create_table(
        "erasure",
        sa.Column("rider_id", sa.Text(), primary_key=True),
        sa.Column("subdistrict", sa.Text(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=False),
    )
    op.create_table(
        "erasure_receipt",
        sa.Column("rider_id", sa.Text(), primary_key=True),
        sa.Column("service", sa.Text(), primary_key=True),
        sa.Column("received_at", Instant()),
    )


def _create_codes() -> None:
    op.create_table(
        "code_request",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("phone_digest", sa.Text(), nullable=False, index=True),
        sa.Column("code_digest", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False, index=True),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("used_at", Instant()),
    )
    op.create_table(
        "limit_bucket",
        sa.Column("bucket", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("last_used_at", Instant(), nullable=False, index=True),
    )
    op.create_table(
        "limit_use",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("bucket", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("used_at", Instant(), nullable=False, index=True),
    )
    op.create_index("limit_use_newest", "limit_use", ["bucket", "key", "used_at"])


def _create_identity() -> None:
    op.create_table(
        "credential",
        sa.Column("person_id", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False, unique=True),
        sa.Column("password_hash", sa.Text()),
        sa.Column("totp_secret", sa.LargeBinary()),
        sa.Column("totp_step", sa.Integer(), nullable=False),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("person_id", sa.Text(), sa.ForeignKey("credential.person_id"), nullable=False, index=True),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant()),
    )
    op.create_table(
        "token_family",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("person_id", sa.Text(), nullable=False, index=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant()),
    )
    op.create_table(
        "refresh_token",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("family_id", sa.Text(), sa.ForeignKey("token_family.id"), nullable=False, index=True),
        sa.Column("expires_at", Instant(), nullable=False, index=True),
        sa.Column("used_at", Instant()),
    )


def _create_offices() -> None:
    op.create_table(
        "staff_member",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("added_at", Instant(), nullable=False),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("staff_id", sa.Text(), sa.ForeignKey("staff_member.id"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("subdistrict", sa.Text(), nullable=False, index=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("ended_at", Instant()),
    )
    _unique_where("appointment_standing", "appointment", ["staff_id"], "ended_at IS NULL")
    op.create_table(
        "partner",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("subdistrict", sa.Text(), nullable=False, index=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
    )
    op.create_table(
        "partner_account",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("partner_id", sa.Text(), sa.ForeignKey("partner.id"), nullable=False, index=True),
    )


def _unique_where(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)
