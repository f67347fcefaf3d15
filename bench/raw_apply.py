"""The peer that a worker is measured against: the same rows of a verified hazard, by hand-written SQL and nothing else.

It knows what this benchmark tells and no other case: every report was told, nothing was decided, nobody is erased.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg

from services.rewards.ledger import rules
from shared.random import derived_id

AWARDED = "cn.cheqi.rewards.points-awarded.v1"
HELD, AWARD = 10, 20
Told = dict[str, Any]

LOCK_MARKS = (
    "SELECT subject, sequence, seal FROM mark WHERE source = 'governance' AND subject = ANY(%b) ORDER BY 1 FOR UPDATE"
)
LOCK_BALANCES = "SELECT rider_id FROM balance WHERE rider_id = ANY(%b) ORDER BY 1 FOR UPDATE"
FIND_HOLDS = "SELECT cause_id, id FROM hold WHERE cause_kind = 'hazard' AND cause_id = ANY(%b) AND outcome IS NULL"
DECIDE = """UPDATE claim SET decision = 'verified', decided_at = told.at, severity = 'high'
    FROM unnest(%b::text[], %b::timestamptz[]) AS told (id, at) WHERE hazard_id = told.id AND decision IS NULL"""
SETTLE = "UPDATE hold SET outcome = 'awarded' FROM unnest(%b::text[]) AS told (id) WHERE hold.id = told.id"
CARRY = """UPDATE balance SET available = available + points, held = held - back, earned_total = earned_total + points
    FROM unnest(%b::text[], %b::int[], %b::int[]) AS told (id, points, back) WHERE rider_id = told.id"""
ENTRIES = """INSERT INTO entry (id, time, kind, key, cause_kind, cause_id, subdistrict, event_id)
    SELECT id, at, 'award', key, 'hazard', about, place, event FROM
    unnest(%b::text[], %b::timestamptz[], %b::text[], %b::text[], %b::text[], %b::text[])
    AS told (id, at, key, about, place, event)"""
POSTINGS = """INSERT INTO posting (account, entry_id, points)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::int[])"""
LOTS = """INSERT INTO lot (id, rider_id, subdistrict, points, expires_at, entry_id)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::int[], %b::timestamptz[], %b::text[])"""
TIMERS = """INSERT INTO timer (id, due, purpose, subject, attempts) SELECT id, due, 'expire-lot', lot, 0
    FROM unnest(%b::text[], %b::timestamptz[], %b::text[]) AS told (id, due, lot) ON CONFLICT DO NOTHING"""
MARKS = """UPDATE mark SET sequence = told.sequence, seal = told.seal
    FROM unnest(%b::text[], %b::int8[], %b::text[]) AS told (subject, sequence, seal)
    WHERE source = 'governance' AND mark.subject = told.subject"""
LOG = """INSERT INTO event_log (id, subject, type, internal, document)
    SELECT id, subject, type, false, document FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[])
    AS told (id, subject, type, document) ON CONFLICT DO NOTHING"""
CHECKPOINT = """INSERT INTO checkpoint (source, partition, next) VALUES ('governance', %s, %s)
    ON CONFLICT (source, partition) DO UPDATE SET next = excluded.next"""


def apply(connection: psycopg.Connection[Any], documents: Sequence[str | bytes], reached: Mapping[int, int]) -> None:
    """Apply verifications in one transaction, and note where reading of their partitions goes on."""
    with connection.transaction(), connection.cursor() as cursor:
        told = [json.loads(document) for document in documents]
        marks = {row[0]: row for row in _run(cursor, LOCK_MARKS, sorted(one["subject"] for one in told))}
        new = [one for one in told if marks[one["subject"]][1:] == (one["sequence"] - 1, one["previous"])]
        _run(cursor, LOCK_BALANCES, sorted({one["data"]["rider_id"] for one in new}))
        holds = dict(_run(cursor, FIND_HOLDS, [one["subject"] for one in new]))
        _write(cursor, [one for one in new if one["subject"] in holds], holds)
        cursor.executemany(CHECKPOINT, sorted(reached.items()))


def _write(cursor: psycopg.Cursor[Any], told: Sequence[Told], holds: dict[str, str]) -> None:
    rows = [award(one) for one in told]
    riders = Counter(one["data"]["rider_id"] for one in told)
    counts = list(riders.values())
    _run(cursor, CARRY, list(riders), [AWARD * count for count in counts], [HELD * count for count in counts])
    _run(cursor, DECIDE, [one["subject"] for one in told], [row["entry"][1] for row in rows])
    _run(cursor, SETTLE, [holds[one["subject"]] for one in told])
    _run(cursor, ENTRIES, *_columns([row["entry"] for row in rows]))
    _run(cursor, POSTINGS, *_columns([posting for row in rows for posting in row["postings"]]))
    _run(cursor, LOTS, *_columns([row["lot"] for row in rows]))
    _run(cursor, TIMERS, *_columns([row["timer"] for row in rows]))
    _run(cursor, MARKS, *_columns(sorted((one["subject"], one["sequence"], one["seal"]) for one in told)))
    _run(cursor, LOG, *_columns([row["event"] for row in rows]))


def award(one: Told) -> dict[str, Any]:
    """Return the rows of an award."""
    at, hazard_id, rider_id = datetime.fromisoformat(one["time"]), one["subject"], one["data"]["rider_id"]
    place, key = one["subdistrict"], f"award/hazard/{hazard_id}/{rider_id}/1"
    entry_id, event_id = derived_id(at, "entry", key), derived_id(at, AWARDED, rider_id, key)
    lot_id, expires_at = derived_id(at, "lot", key), rules.lot_expiry(at)
    points = {
        f"rider/{rider_id}/available": AWARD,
        f"rider/{rider_id}/held": -HELD,
        f"subdistrict/{place}/issued": HELD - AWARD,
    }
    data = {"subdistrict": place, "rider_id": rider_id, "entry_id": entry_id, "lot_id": lot_id, "points": AWARD}
    about = {"cause_kind": "hazard", "cause_id": hazard_id, "expires_at": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}"}
    attributes = {"specversion": "1.0", "id": event_id, "source": "/rewards", "type": AWARDED, "subject": rider_id}
    content = {"time": one["time"], "datacontenttype": "application/json"}
    schema = {"dataschema": "https://cheqi.cn/schemas/points-awarded.v1", "partitionkey": rider_id}
    causes = {"correlationid": one["correlationid"], "causationid": one["id"]}
    document = attributes | content | schema | {"subdistrict": place, "actor": one["actor"]} | causes
    text = json.dumps(document | {"data": data | about}, ensure_ascii=False, separators=(",", ":"))
    return {
        "entry": (entry_id, at, key, hazard_id, place, event_id),
        "postings": [(name, entry_id, of) for name, of in points.items()],
        "lot": (lot_id, rider_id, place, AWARD, expires_at, entry_id),
        "timer": (derived_id(expires_at, "expire-lot", lot_id), expires_at, lot_id),
        "event": (event_id, rider_id, AWARDED, text),
    }


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _run(cursor: psycopg.Cursor[Any], statement: str, *parameters: list[Any]) -> list[Any]:
    cursor.execute(statement.encode(), parameters)
    return cursor.fetchall() if cursor.description else []
