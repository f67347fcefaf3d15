"""What a photo is found by: the bands of its perceptual hash, and an index of its digest."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_photo = sa.table("photo", sa.column("id"), sa.column("phash"), sa.column("subdistrict"))


def upgrade() -> None:
    """Create table and index, and let the photos that reports carry already be found too."""
    made = op.create_table(
        "photo_band",
        sa.Column("subdistrict", sa.Text(), primary_key=True),
        sa.Column("band", sa.Integer(), primary_key=True),
        sa.Column("photo_id", sa.Text(), sa.ForeignKey("photo.id"), primary_key=True, index=True),
    )
    op.create_index("ix_photo_digest", "photo", ["digest"])
    if not op.get_context().as_sql:
        op.bulk_insert(made, _bands_of_carried(op.get_bind()))


def _bands_of_carried(connection: sa.Connection) -> list[dict[str, str | int]]:
    carried = connection.execute(sa.select(_photo).where(_photo.c.subdistrict.is_not(None)))
    return [
        {"subdistrict": row.subdistrict, "band": band, "photo_id": row.id}
        for row in carried
        for band in _bands(int(row.phash, 16))
    ]


def _bands(phash: int) -> list[int]:
    """Return five bands of every fifth bit, as they were when this step was written; none below 12 bits."""
    bits = [[phash >> place & 1 for place in range(number, 64, 5)] for number in range(5)]
    whole = [number << 13 | sum(bit << nth for nth, bit in enumerate(band)) for number, band in enumerate(bits)]
    return whole if phash.bit_count() >= 12 else []  # noqa: PLR2004 - a step keeps the number of its day
