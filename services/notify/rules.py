"""What decides about notices: which topics are wanted, and whether and how often a channel is tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.validity import valid_at

DEFAULT_LANGUAGE = "zh-CN"
INBOX, SMS = "inbox", "sms"
SMS_PURPOSE = "sms-notices"


@dataclass(frozen=True)
class SendingRule:
    """How a channel that may fail is tried, from a day on."""

    valid_from: date
    attempts_max: int
    first_delay: timedelta
    claimed_for: timedelta
    given_up_after: timedelta


SENDING_RULES = (
    SendingRule(
        date(2024, 1, 1),
        attempts_max=5,
        first_delay=timedelta(minutes=1),
        claimed_for=timedelta(minutes=5),
        given_up_after=timedelta(hours=24),
    ),
)


def sending_rule(moment: datetime) -> SendingRule:
    """Return the rule of the moment's day in Asia/Shanghai; before the first one, the first."""
    return valid_at(SENDING_RULES, moment)


def next_attempt(moment: datetime, attempts: int) -> datetime | None:
    """Return when to try again after that many attempts, each wait twice the last; None when it was enough."""
    rule = sending_rule(moment)
    return None if attempts >= rule.attempts_max else moment + rule.first_delay * 2 ** (attempts - 1)


def refusal_of(*, critical: bool, muted: bool, allowed: bool) -> str | None:
    """Return why a text message is not sent: no consent (for any), or a mute (not for what is critical)."""
    if not allowed:
        return "no-consent"
    return "muted" if muted and not critical else None


def mutes_of(pairs: Sequence[str]) -> set[tuple[str, str]]:
    """Return `topic:channel` pairs as (topic, channel); what is no such pair mutes nothing."""
    parts = (tuple(pair.split(":")) for pair in pairs)
    return {(part[0], part[1]) for part in parts if len(part) == 2 and all(part)}  # noqa: PLR2004 - a pair
