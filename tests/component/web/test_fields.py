"""A refused field is told by name, with what would be right, and never with what came."""

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.web.fields import NAME_MAX_CHARS, OTHERWISE, TEXTS, field_problem

SECRET = "13812345678"


class Order(BaseModel):
    """A body with a field of each sort."""

    model_config = ConfigDict(extra="forbid")

    words: Annotated[str, Field(min_length=2, max_length=5, pattern="^[a-z]*$")] = "abc"
    count: Annotated[int, Field(ge=1, lt=9)] = 1
    size: Literal["small", "large"] = "small"
    urgent: bool = False
    at: AwareDatetime | None = None
    day: date | None = None
    items: Annotated[list[int], Field(max_length=2)] = []
    share: float = 0.5


@pytest.mark.parametrize(
    ("body", "code", "english", "chinese"),
    [
        ({"words": SECRET}, "string_too_long", "is too long (≤ 5)", "过长（≤ 5）"),
        ({"words": "a"}, "string_too_short", "is too short (≥ 2)", "过短（≥ 2）"),
        ({"words": "A1"}, "string_pattern_mismatch", "has the wrong form (^[a-z]*$)", "格式不符（^[a-z]*$）"),
        ({"words": 1}, "string_type", "must be text", "应为文字"),
        ({"count": 0}, "greater_than_equal", "is too small (≥ 1)", "过小（≥ 1）"),
        ({"count": SECRET}, "less_than", "is too large (< 9)", "过大（< 9）"),
        ({"count": "many"}, "int_parsing", "must be an integer", "应为整数"),
        ({"size": SECRET}, "literal_error", None, None),
        ({"urgent": SECRET}, "bool_parsing", "must be true or false", "应为 true 或 false"),
        ({"at": "2026-09-18T12:00:00"}, "timezone_aware", None, None),
        ({"day": SECRET}, "date_from_datetime_inexact", None, None),
        ({"items": [1, 2, 3]}, "too_long", "is too long (≤ 2)", "过长（≤ 2）"),
        ({"share": "half"}, "float_parsing", "must be a number", "应为数字"),
        ({"other": SECRET}, "extra_forbidden", "is not a known field", "不接受此项"),
    ],
)
def test_each_mistake_has_its_words(body: dict[str, Any], code: str, english: str | None, chinese: str | None) -> None:
    error = mistake(body)

    told = [field_problem(error, "en"), field_problem(error, "zh-CN")]

    assert {one["code"] for one in told} == {code}
    assert all(SECRET not in str(one) for one in told)
    assert english is None or told[0]["message"] == english
    assert chinese is None or told[1]["message"] == chinese


def test_choices_are_listed() -> None:
    told = field_problem(mistake({"size": "huge"}), "en")

    assert told == {
        "field": "size",
        "code": "literal_error",
        "message": "is not one of the values to choose from ('small' or 'large')",
    }


def test_a_name_that_the_caller_made_up_is_cut() -> None:
    told = field_problem(mistake({"x" * 10_000: 1}), "en")

    assert len(told["field"]) == NAME_MAX_CHARS


def test_every_text_stands_in_both_languages() -> None:
    assert all(chinese != english for chinese, english in [*TEXTS.values(), OTHERWISE])
    assert all(english.isascii() and not chinese.isascii() for chinese, english in TEXTS.values())


def mistake(body: dict[str, Any]) -> Any:
    """Return the one mistake that a body has."""
    with pytest.raises(ValidationError) as raised:
        Order.model_validate(body)
    (error,) = raised.value.errors()
    return error
