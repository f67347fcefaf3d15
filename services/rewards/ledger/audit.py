"""What an auditor can prove of the ledger: it is what the sealed log says, to the last posting, and adds up."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.rewards.ledger import chart, rules
from services.rewards.ledger.models import Balance, Claim, Entry, Hold, Lot, LotUse, Posting
from services.rewards.ledger.proof import proof_of
from shared.audit import erased_that_remain
from shared.random import derived_id
from shared.service import Effect, Finding

ROWS_AT_ONCE = 1000
Account = tuple[str, str]


def check(session: Session) -> Iterator[Finding]:
    """Find where entries, lots, balances, holds, claims and what was told of them differ."""
    yield from _check_entries(session)
    yield from _check_sums(session)
    yield from _check_balances(session)
    yield from _check_lots(session)
    yield from _check_holds(session)
    yield from _check_claims(session)
    yield from erased_that_remain(session, Balance.rider_id, Hold.rider_id, Lot.rider_id, Claim.rider_id)


def effects(session: Session) -> Iterator[Effect]:
    """Yield each report's claim, each decision taken over, and the awards for reports and attendance."""
    for claim in session.scalars(select(Claim).order_by(Claim.hazard_id)):
        yield Effect("claim", "governance", claim.hazard_id, claim.hazard_id, claim.survivor_id or "")
        if claim.decision is not None:
            kind, value = f"{claim.decision}-claim", claim.severity or claim.reason or ""
            yield Effect(kind, "governance", claim.hazard_id, claim.hazard_id, value)
    credits = (
        select(Entry.cause_kind, Entry.cause_id, Posting.account, Posting.points, Claim.survivor_id)
        .join(Posting, Posting.entry_id == Entry.id)
        .outerjoin(Claim, (Claim.hazard_id == Entry.cause_id) & (Entry.cause_kind == chart.HAZARD))
        .where(Entry.kind == chart.AWARD, Posting.account.endswith(f"/{chart.AVAILABLE}", autoescape=True))
    )
    for row in session.execute(credits.order_by(Entry.id)):
        if row.cause_kind == chart.HAZARD:
            decided = row.survivor_id or row.cause_id
            yield Effect("hazard-award", "governance", decided, row.cause_id, str(row.points))
        else:
            key = f"{row.cause_id}/{chart.rider_of(row.account)}"
            yield Effect("attendance-award", "training", row.cause_id, key, str(row.points))


def _check_entries(session: Session) -> Iterator[Finding]:
    proof = proof_of(session)
    lines: dict[str, list[Posting]] = defaultdict(list)
    for posting in session.scalars(select(Posting).order_by(Posting.account)):
        lines[posting.entry_id].append(posting)
    for entry in session.scalars(select(Entry).order_by(Entry.id).execution_options(yield_per=ROWS_AT_ONCE)):
        mine = lines.pop(entry.id, [])
        movement, time = proof.movements.pop(entry.event_id, None), proof.times.get(entry.event_id)
        if movement is None or time is None:
            yield Finding("entry-not-told", entry.id, f"no event {entry.event_id} tells entry {entry.id}")
            continue
        told = (derived_id(time, "entry", movement.key), time, movement.kind, movement.key, movement.reverses)
        if (entry.id, entry.time, entry.kind, entry.key, entry.reverses) != told or _about(entry) != movement.matter:
            detail = f"entry {entry.id} is not what event {entry.event_id} says"
            yield Finding("entry-differs-from-log", entry.id, detail)
        yield from _compare(entry, movement, mine)
    for posting in (one for _, stray in sorted(lines.items()) for one in stray):
        yield Finding("posting-without-entry", posting.name, f"no entry {posting.entry_id} made the posting")
    for event_id in sorted(proof.movements):
        yield Finding("entry-missing", event_id, f"event {event_id} tells an entry that is not there")


def _compare(entry: Entry, movement: chart.Movement, lines: list[Posting]) -> Iterator[Finding]:
    wanted = dict(movement.postings)
    for posting in lines:
        points = wanted.pop(posting.account, 0)
        if posting.points != points:
            detail = f"entry {entry.id}, posting on {posting.account}: {posting.points} here, {points} told"
            yield Finding("posting-differs-from-log", posting.name, detail)
    for account, points in sorted(wanted.items()):
        detail = f"entry {entry.id} lacks its posting of {points} on {account}"
        yield Finding("posting-missing", entry.id, detail)


def _check_sums(session: Session) -> Iterator[Finding]:
    sums = select(Posting.entry_id, func.sum(Posting.points).label("points")).group_by(Posting.entry_id)
    for row in session.execute(sums.having(func.sum(Posting.points) != 0)):
        mine = select(Posting.account).where(Posting.entry_id == row.entry_id).order_by(Posting.account)
        accounts = ", ".join(session.scalars(mine))
        detail = f"entry {row.entry_id} sums to {row.points}; its postings are on {accounts}"
        yield Finding("entry-unbalanced", row.entry_id, detail)


def _check_balances(session: Session) -> Iterator[Finding]:
    sums, earned = _sums_of_riders(session)
    for balance in session.scalars(select(Balance).order_by(Balance.rider_id)):
        for part in chart.RIDER_PARTS:
            posted, cached = sums.pop((balance.rider_id, part), 0), getattr(balance, part)
            if posted != cached:
                detail = f"{part} of rider {balance.rider_id}: {cached} in the balance, {posted} posted"
                yield Finding("balance-differs", balance.rider_id, detail)
        if balance.earned_total != earned[balance.rider_id]:
            posted = earned[balance.rider_id]
            detail = f"earned by rider {balance.rider_id}: {balance.earned_total} in the balance, {posted} posted"
            yield Finding("balance-differs", balance.rider_id, detail)
    for (rider_id, part), posted in sorted(sums.items()):
        if posted != 0:
            detail = f"{part} of rider {rider_id}: {posted} posted, and there is no account"
            yield Finding("balance-missing", rider_id, detail)


def _sums_of_riders(session: Session) -> tuple[dict[Account, int], Counter[str]]:
    grouped = (
        select(Posting.account, Entry.kind, func.sum(Posting.points).label("points"))
        .join(Entry, Entry.id == Posting.entry_id)
        .where(Posting.account.startswith("rider/", autoescape=True))
        .group_by(Posting.account, Entry.kind)
    )
    sums, earned = Counter[Account](), Counter[str]()
    for row in session.execute(grouped):
        rider_id, part = chart.rider_of(row.account), row.account.rpartition("/")[2]
        sums[rider_id, part] += row.points
        if part == chart.AVAILABLE and row.kind in chart.EARNING:
            earned[rider_id] += row.points
    return dict(sums), earned


def _check_lots(session: Session) -> Iterator[Finding]:
    used = Counter[str]()
    for row in session.execute(select(LotUse.lot_id, func.sum(LotUse.points).label("points")).group_by(LotUse.lot_id)):
        used[row.lot_id] = row.points
    left = Counter[str]()
    for lot in session.scalars(select(Lot).order_by(Lot.id)):
        left[lot.rider_id] += lot.points - used[lot.id]
        if not 0 <= used[lot.id] <= lot.points:
            yield Finding("lot-overused", lot.id, f"of {lot.points} points of lot {lot.id} {used[lot.id]} are used")
    sums, _ = _sums_of_riders(session)
    for rider_id in sorted({rider_id for rider_id, _ in sums} | set(left)):
        available = sums.get((rider_id, chart.AVAILABLE), 0)
        if left[rider_id] != available:
            detail = f"{left[rider_id]} points are left in the lots of rider {rider_id}, {available} are available"
            yield Finding("lots-differ", rider_id, detail)


def _check_holds(session: Session) -> Iterator[Finding]:
    still_open = (
        select(Hold.rider_id, Hold.cause_kind, func.sum(Hold.points).label("points"))
        .where(Hold.outcome.is_(None))
        .group_by(Hold.rider_id, Hold.cause_kind)
    )
    parts = {chart.HAZARD: chart.HELD, chart.VOUCHER: chart.RESERVED}
    on_hold = {(row.rider_id, parts.get(row.cause_kind, "")): row.points for row in session.execute(still_open)}
    sums, _ = _sums_of_riders(session)
    for account in sorted(set(sums) | set(on_hold)):
        posted, held = sums.get(account, 0), on_hold.get(account, 0)
        if account[1] in parts.values() and posted != held:
            detail = f"{account[1]} of rider {account[0]}: {held} in open holds, {posted} posted"
            yield Finding("holds-differ", account[0], detail)


def _check_claims(session: Session) -> Iterator[Finding]:
    """Find verified reports whose hold was open at the decision and whose award is not there."""
    awarded = select(Entry.cause_id).where(Entry.kind == chart.AWARD, Entry.cause_kind == chart.HAZARD)
    unpaid = (
        select(Claim.hazard_id)
        .join(Hold, (Hold.cause_kind == chart.HAZARD) & (Hold.cause_id == Claim.hazard_id))
        .where(Claim.decision == rules.VERIFIED, Claim.decided_at < Hold.expires_at)
        .where(Claim.hazard_id.not_in(awarded))
    )
    for hazard_id in session.scalars(unpaid):
        yield Finding("award-missing", hazard_id, f"report {hazard_id} is verified and has no award")


def _about(entry: Entry) -> chart.Matter:
    return chart.Matter(entry.cause_kind, entry.cause_id, entry.subdistrict)
