"""What must hold after chaos: the list of accepted commands, stores, logs and ledger tell the same, each thing once."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, or_, select

from cheqi.house import House
from services.rewards.ledger.models import Balance
from tests.chaos.load import ADMINISTRATOR, token
from tests.chaos.stack import Stack
from tests.chaos.witness import untrue_orders
from tests.containers.deployment import command
from tests.e2e import kill_checks
from tests.e2e.kill_load import NO_MORE_TODAY, NOT_ENOUGH, Record


def violations(stack: Stack, house: House, record: Record) -> Iterator[str]:
    """Yield whatever was lost, doubled, out of order or contradicted."""
    yield from record.contradicted
    yield from (f"answered: {one} ({times} times)" for one, times in record.refused.items() if not _is_known(one))
    yield from _differences(
        "listed", record, kill_checks.listed(stack.settings.address, token(stack.settings, ADMINISTRATOR))
    )
    yield from _differences("told", record, kill_checks.told(house))
    yield from _points(house, record)
    yield from untrue_orders(house)
    audit = command(stack.settings, "audit")
    if audit.exit_code:
        yield f"audit: {audit.output}"


def _is_known(refusal: str) -> bool:
    return refusal in (NOT_ENOUGH, NO_MORE_TODAY)


def _differences(where: str, record: Record, found: dict[str, list[str]] | dict[str, Counter[str]]) -> Iterator[str]:
    for kind, ids in found.items():
        accepted, there = Counter(made.id for made in record.of(kind)), Counter(ids)
        for one in accepted - there:
            yield f"{kind} {one} was accepted and is not {where}"
        for one in there - accepted:
            yield f"{kind} {one} is {where} more often than it was accepted"


def _points(house: House, record: Record) -> Iterator[str]:
    awarded, spent = kill_checks.points_told(house)
    expected_awards, expected_payments = kill_checks.points_expected(record, points=1)
    if awarded != expected_awards:
        yield f"points awarded differ: {awarded - expected_awards} too many, {expected_awards - awarded} missing"
    if spent != expected_payments:
        yield f"points spent differ: {spent - expected_payments} too many, {expected_payments - spent} missing"
    total, available, reserved = kill_checks.sums(house)
    if total:
        yield f"all postings sum to {total}"
    if available + reserved != awarded.total() - spent.total():
        yield f"riders hold {available + reserved} points, {awarded.total()} were awarded and {spent.total()} spent"
    with house.nodes["rewards"].snapshot() as session:
        negative = select(func.count()).select_from(Balance).where(or_(Balance.available < 0, Balance.reserved < 0))
        if count := session.scalar(negative):
            yield f"{count} balances are negative"
