"""A ledger that has grown: rows of hazards that were reported and verified long ago, made by the server itself."""

from sqlalchemy import text

from bench.hazards import RIDERS, SUBDISTRICT
from shared.db.store import Store

POSTINGS_OF_AN_AWARD = 3
# Ids begin with their time, so that what is new stands behind them, as it does in a ledger that has grown by itself.
HAZARDS = """CREATE TEMPORARY TABLE old AS SELECT
    '0190' || substr(lpad(to_hex(n), 12, '0'), 1, 4) || '-' || substr(lpad(to_hex(n), 12, '0'), 5, 4)
        || '-7000-8000-' || substr(md5(n::text), 1, 12) AS id,
    '01900000-0000-7000-8000-' || substr(md5((n % :riders)::text), 1, 12) AS rider, CAST(:place AS text) AS place,
    timestamptz '2024-07-01' + n * interval '1 second' AS at
    FROM generate_series(1, :awards) AS n"""
ROWS = (
    "INSERT INTO mark SELECT 'governance', id, 2, repeat('0', 64) FROM old",
    """INSERT INTO claim (hazard_id, rider_id, subdistrict, earns, reported_at, shares, decision, decided_at, severity)
    SELECT id, rider, place, true, at, false, 'verified', at, 'high' FROM old""",
    """INSERT INTO hold (id, rider_id, subdistrict, cause_kind, cause_id, points, expires_at, outcome)
    SELECT 'hold/' || id, rider, place, 'hazard', id, 10, at, 'awarded' FROM old""",
    """INSERT INTO entry (id, time, kind, key, cause_kind, cause_id, subdistrict, event_id)
    SELECT id, at, 'award', 'award/hazard/' || id || '/' || rider || '/1', 'hazard', id, place, id FROM old""",
    "INSERT INTO posting SELECT 'rider/' || rider || '/available', id, 20 FROM old",
    "INSERT INTO posting SELECT 'rider/' || rider || '/held', id, -10 FROM old",
    "INSERT INTO posting SELECT 'subdistrict/' || place || '/issued', id, -10 FROM old",
    """INSERT INTO lot (id, rider_id, subdistrict, points, expires_at, entry_id)
    SELECT 'lot/' || id, rider, place, 20, at + interval '9 years', id FROM old""",
    """INSERT INTO timer (id, due, purpose, subject, attempts)
    SELECT 'timer/' || id, at + interval '9 years', 'expire-lot', 'lot/' || id, 0 FROM old""",
)


def grow(store: Store, postings: int) -> None:
    """Fill a store with awards of so many postings in all, and whatever else they left."""
    told = {"awards": postings // POSTINGS_OF_AN_AWARD, "riders": RIDERS, "place": SUBDISTRICT}
    with store.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text(HAZARDS), told)
        for statement in ROWS:
            connection.execute(text(statement))
