"""Whatever is altered by hand in the store is found and named."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.service import Effect, Finding
from tests.component.rewards.stage import LAUNDRY, OTHER, STAFF, Stage
from tests.stores import tampering

POSTINGS = "SELECT account || '/' || entry_id AS name, account, entry_id FROM posting JOIN entry ON entry.id = entry_id"
ALTERED = "UPDATE posting SET points = 500"
Change = tuple[str, dict[str, str]]


@pytest.fixture(scope="module")
def full() -> Stage:
    """Return a stage on which all that rewards can do was done once; tests roll back what they alter."""
    stage = Stage()
    stage.register()
    stage.partner()
    stage.report("hazard-1")
    reported_at = stage.report("hazard-2", OTHER.id)
    stage.merge("hazard-2", "hazard-1", reported_at)
    stage.verify("hazard-1", "critical")
    stage.report("hazard-3")
    stage.earn(110)
    offer_id = stage.offer()
    stage.post(LAUNDRY, "/redemptions", {"code": stage.code(stage.voucher(offer_id))})
    stage.post(STAFF, f"/vouchers/{stage.voucher(offer_id)}/voidings", {"reason": "misuse"})
    stage.reserve(offer_id)
    return stage


def test_nothing_is_found_where_nothing_was_altered(full: Stage) -> None:
    assert full.findings() == []


def test_a_posting_altered_by_hand_is_named_with_its_entry(full: Stage) -> None:
    key = "award/hazard/hazard-1/rider-1/1"
    (posting,) = _rows(full, f"{POSTINGS} WHERE entry.key = :key AND account LIKE '%/available'", key=key)

    findings = _found_after(full, (f"{ALTERED} WHERE account = :account AND entry_id = :entry_id", posting))

    found = {finding.code: finding for finding in findings}
    assert found["posting-differs-from-log"].subject == posting["name"]
    assert posting["entry_id"] in found["posting-differs-from-log"].detail
    assert "500 here, 50 told" in found["posting-differs-from-log"].detail
    assert found["entry-unbalanced"].subject == posting["entry_id"]


def test_postings_altered_on_both_sides_with_all_that_sums_them_up_are_named_all_the_same(full: Stage) -> None:
    (entry,) = _rows(full, "SELECT id FROM entry WHERE key LIKE 'award/attendance/%-0/rider-1/1'")
    postings = _rows(full, f"{POSTINGS} WHERE entry.id = :id", id=entry["id"])

    findings = _found_after(
        full,
        ("UPDATE posting SET points = points * 100 WHERE entry_id = :id", entry),
        ("UPDATE lot SET points = points * 100 WHERE entry_id = :id", entry),
        ("UPDATE balance SET available = available + 990, earned_total = earned_total + 990", {}),
    )

    named = [finding.subject for finding in findings if finding.code == "posting-differs-from-log"]
    assert sorted(named) == sorted(posting["name"] for posting in postings)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE balance SET available = available + 1 WHERE rider_id = 'rider-1'", "balance-differs"),
        ("UPDATE balance SET earned_total = 7 WHERE rider_id = 'rider-1'", "balance-differs"),
        ("DELETE FROM balance WHERE rider_id = 'rider-1'", "balance-missing"),
        ("UPDATE entry SET kind = 'hold' WHERE kind = 'award'", "entry-differs-from-log"),
        ("UPDATE entry SET cause_id = 'hazard-7' WHERE kind = 'hold'", "entry-differs-from-log"),
        ("UPDATE entry SET time = '2020-01-01T00:00:00.000000Z' WHERE kind = 'spend'", "entry-differs-from-log"),
        ("UPDATE entry SET event_id = 'invented' WHERE kind = 'give-back'", "entry-not-told"),
        ("DELETE FROM entry WHERE kind = 'give-back'", "entry-missing"),
        ("DELETE FROM entry WHERE kind = 'give-back'", "posting-without-entry"),
        ("DELETE FROM posting WHERE account LIKE 'subdistrict/%/redeemed'", "posting-missing"),
        ("UPDATE posting SET account = 'rider/rider-2/held' WHERE account = 'rider/rider-1/available'", "lots-differ"),
        ("UPDATE lot SET expires_at = '2036-01-01T00:00:00.000000Z'", "lot-differs-from-log"),
        ("DELETE FROM lot", "lot-missing"),
        ("UPDATE lot_use SET points = points + 40 WHERE points > 0", "lot-overused"),
        ("DELETE FROM lot_use WHERE points < 0", "lots-differ"),
        ("UPDATE hold SET outcome = NULL WHERE cause_kind = 'hazard'", "holds-differ"),
        ("UPDATE hold SET points = 1 WHERE cause_kind = 'voucher'", "holds-differ"),
        ("UPDATE claim SET decision = 'verified', decided_at = reported_at WHERE decision IS NULL", "award-missing"),
        ("UPDATE voucher SET state = 'issued' WHERE state = 'redeemed'", "voucher-differs-from-log"),
        ("UPDATE voucher SET state = 'issued' WHERE state = 'void'", "voucher-differs-from-log"),
        ("UPDATE voucher SET state = 'released' WHERE state = 'reserved'", "voucher-differs-from-ledger"),
        ("DELETE FROM voucher", "voucher-missing"),
        ("UPDATE redemption SET undone_at = redeemed_at", "redemption-differs-from-log"),
        ("UPDATE voucher SET expires_at = '2036-01-01T00:00:00.000000Z'", "voucher-differs-from-log"),
        ("UPDATE voucher SET title_en = 'Car' WHERE state = 'redeemed'", "voucher-differs-from-log"),
        ("UPDATE voucher SET state = 'invented' WHERE state = 'redeemed'", "voucher-differs-from-log"),
        ("UPDATE redemption SET partner_id = 'partner-2'", "redemption-differs-from-log"),
        ("UPDATE offer SET points = 1", "offer-differs-from-log"),
        ("UPDATE offer SET valid_days = 300", "offer-differs-from-log"),
        ("DELETE FROM hold WHERE outcome = 'awarded'", "hold-missing"),
        ("DELETE FROM voucher_code", "voucher_code-missing"),
        ("INSERT INTO tombstone VALUES ('rider-1', '2026-09-18T04:00:00.000000Z')", "erased-rider-remains"),
    ],
)
def test_any_other_change_by_hand_is_found(full: Stage, statement: str, code: str) -> None:
    findings = _found_after(full, (statement, {}))

    assert code in {finding.code for finding in findings}


def test_a_price_altered_by_hand_is_named_with_what_the_log_says(full: Stage) -> None:
    (finding,) = _found_after(full, ("UPDATE offer SET points = 1", {}))

    assert finding.detail == f"points of offer {finding.subject} is 1, the log says 50"


def test_effects_name_their_causes(full: Stage) -> None:
    with full.bench.read() as session:
        effects = list(full.bench.service.audit.effects(session))

    assert Effect("claim", "governance", "hazard-2", "hazard-2", "hazard-1") in effects
    assert Effect("verified-claim", "governance", "hazard-1", "hazard-1", "critical") in effects
    assert Effect("hazard-award", "governance", "hazard-1", "hazard-1", "50") in effects
    assert Effect("hazard-award", "governance", "hazard-1", "hazard-2", "25") in effects
    class_ids = {effect.subject for effect in effects if effect.kind == "attendance-award"}
    assert len(class_ids) == 11
    for class_id in class_ids:
        assert Effect("attendance-award", "training", class_id, f"{class_id}/rider-1", "10") in effects


def _found_after(stage: Stage, *changes: Change) -> list[Finding]:
    """Change the store as somebody with a database client would, foreign keys or not; audit it, and change it back."""
    with tampering(stage.bench.store) as connection:
        for statement, values in changes:
            assert connection.execute(text(statement), values).rowcount > 0
        return list(stage.bench.service.audit.check(Session(connection)))


def _rows(stage: Stage, query: str, **values: str) -> list[dict[str, str]]:
    with stage.bench.read() as session:
        return [dict(row) for row in session.execute(text(query), values).mappings()]
