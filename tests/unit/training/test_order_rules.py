"""Where an order counts, and how many wishes may wait."""

from datetime import UTC, datetime

import pytest

from services.training.courses.rules import ORDER_RULES, home_of, names_course, names_one, order_rule, order_state


def test_the_token_says_where_an_order_counts_even_when_another_place_was_told() -> None:
    assert home_of("110108010", "110108011") == "110108010"


def test_what_registration_told_counts_for_a_token_without_sub_district() -> None:
    assert home_of(None, "110108011") == "110108011"
    assert home_of(None, None) is None


def test_a_moment_before_the_first_rule_has_the_first_rule() -> None:
    assert order_rule(datetime(2020, 1, 1, tzinfo=UTC)) is ORDER_RULES[0]
    assert order_rule(datetime(2026, 9, 18, tzinfo=UTC)) is ORDER_RULES[-1]


@pytest.mark.parametrize(
    ("course_id", "wish", "accepted"), [("c", None, True), (None, "w", True), (None, None, False), ("c", "w", False)]
)
def test_an_order_names_a_course_or_a_wish(course_id: str | None, wish: str | None, *, accepted: bool) -> None:
    assert names_one(course_id, wish) is accepted


@pytest.mark.parametrize(
    ("answer", "accepted"),
    [
        (("c", None, None), True),
        ((None, "zh", "en"), True),
        ((None, None, None), False),
        ((None, "zh", None), False),
        (("c", "zh", "en"), False),
        (("c", "zh", None), False),
    ],
)
def test_an_answer_links_a_course_or_gives_both_titles(
    answer: tuple[str | None, str | None, str | None], *, accepted: bool
) -> None:
    assert names_course(*answer) is accepted


def test_an_order_waits_then_has_a_class_and_is_done_when_that_ended() -> None:
    states = [
        order_state(active=active, has_class=has_class) for has_class in (False, True) for active in (True, False)
    ]

    assert states == ["waiting", "closed", "in-class", "done"]
