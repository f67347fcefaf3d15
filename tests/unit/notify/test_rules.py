"""Who is told what, and whether and how often a channel is tried."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.drafts import COMPOSED, drafts_of
from services.notify.handlers import HANDLERS
from services.notify.rules import (
    SENDING_RULES,
    mutes_of,
    next_attempt,
    refusal_of,
    sending_rule,
)
from shared.events.rewards import PointsReleasedV1
from shared.events.training import CertificateRevokedV1, ClassOpenedV1
from tests.component.notify.samples import CAUSE, CERTIFICATE, CLASS, MOMENT, POINTS


def test_every_event_that_makes_a_notice_is_handled() -> None:
    assert set(COMPOSED) <= set(HANDLERS)


def test_a_class_tells_each_of_its_riders() -> None:
    drafts = drafts_of(ClassOpenedV1(**CLASS, rider_ids=("a", "b")))

    assert [draft.person_id for draft in drafts] == ["a", "b"]


def test_an_event_that_names_no_rider_any_more_tells_nobody() -> None:
    assert not drafts_of(CertificateRevokedV1(**{**CERTIFICATE, "rider_id": ""}, reason="misuse"))


def test_what_an_award_leaves_of_a_hold_makes_no_notice_of_its_own() -> None:
    settled = PointsReleasedV1(**POINTS, **CAUSE, hold_id="h", reason="settled")

    assert not drafts_of(settled)


@pytest.mark.parametrize(
    ("critical", "muted", "allowed", "expected"),
    [
        (False, False, True, None),
        (False, True, True, "muted"),
        (True, True, True, None),
        (True, False, False, "no-consent"),
        (False, True, False, "no-consent"),
    ],
)
def test_consent_stops_every_text_message_and_a_mute_all_but_critical_ones(
    *, critical: bool, muted: bool, allowed: bool, expected: str | None
) -> None:
    assert refusal_of(critical=critical, muted=muted, allowed=allowed) == expected


@given(st.integers(min_value=1, max_value=50))
def test_attempts_are_bounded_and_each_wait_is_twice_the_last(attempts: int) -> None:
    rule = SENDING_RULES[-1]

    following = next_attempt(MOMENT, attempts)

    if attempts >= rule.attempts_max:
        assert following is None
    else:
        assert following == MOMENT + timedelta(minutes=2 ** (attempts - 1))


def test_what_is_no_topic_and_channel_mutes_nothing() -> None:
    assert mutes_of(["points:inbox", "points", ":inbox", "a:b:c", ""]) == {("points", "inbox")}


def test_a_moment_before_the_first_rule_has_the_first_rule() -> None:
    assert sending_rule(datetime(2020, 1, 1, tzinfo=UTC)) is SENDING_RULES[0]
