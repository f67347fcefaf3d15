"""A report is decided once; the same decision again stands, another one conflicts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance.decisions.rules import REASON_TITLES, Decision, Reason, Ruling, Severity, ruling
from services.governance.states import State

made = st.one_of(
    st.builds(Decision, st.just(State.VERIFIED), st.sampled_from(Severity)),
    st.builds(Decision, st.just(State.REJECTED), st.sampled_from(Reason)),
    st.builds(Decision, st.just(State.MERGED), st.sampled_from(["hazard-1", "hazard-2"])),
)
UNDECIDED = Decision(State.REPORTED, None)


@given(made)
def test_any_decision_may_be_made_about_an_open_report(wanted: Decision) -> None:
    assert ruling(UNDECIDED, wanted) is Ruling.DECIDE


@given(made, made)
def test_after_that_only_the_same_decision_is_no_conflict(stands: Decision, wanted: Decision) -> None:
    expected = Ruling.STANDS if stands == wanted else Ruling.CONFLICT

    assert ruling(stands, wanted) is expected


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_titles_in_both_languages(reason: Reason) -> None:
    assert all(REASON_TITLES[reason])
