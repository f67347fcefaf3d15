"""What is wrong with a field, in words that say what would be right and never repeat what came."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from shared.web.language import Language

NAME_MAX_CHARS = 60
OTHERWISE = ("不符合要求", "is not acceptable")
TOO_SHORT, TOO_LONG = ("过短", "is too short"), ("过长", "is too long")
TOO_SMALL, TOO_LARGE = ("过小", "is too small"), ("过大", "is too large")
CHOICE = ("不是可选值之一", "is not one of the values to choose from")
TEXT, NUMBER = ("应为文字", "must be text"), ("应为数字", "must be a number")
INTEGER, TRUTH = ("应为整数", "must be an integer"), ("应为 true 或 false", "must be true or false")
MOMENT = ("应为带时区的时间，如 2026-09-18T12:00:00+08:00", "must be a moment with its zone: 2026-09-18T12:00:00+08:00")
DAY = ("应为日期，如 2026-09-18", "must be a day, such as 2026-09-18")
OBJECT, LIST = ("应为 JSON 对象", "must be a JSON object"), ("应为列表", "must be a list")
TEXTS: Mapping[str, tuple[str, str]] = {
    "missing": ("必填", "is required"),
    "extra_forbidden": ("不接受此项", "is not a known field"),
    "string_too_short": TOO_SHORT,
    "string_too_long": TOO_LONG,
    "too_short": TOO_SHORT,
    "too_long": TOO_LONG,
    "string_pattern_mismatch": ("格式不符", "has the wrong form"),
    "greater_than": TOO_SMALL,
    "greater_than_equal": TOO_SMALL,
    "less_than": TOO_LARGE,
    "less_than_equal": TOO_LARGE,
    "literal_error": CHOICE,
    "enum": CHOICE,
    "string_type": TEXT,
    "string_unicode": ("含有无效字符", "holds characters that are no text"),
    "int_type": INTEGER,
    "int_parsing": INTEGER,
    "int_parsing_size": TOO_LARGE,
    "int_from_float": INTEGER,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "bool_type": TRUTH,
    "bool_parsing": TRUTH,
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "timezone_aware": MOMENT,
    "date_type": DAY,
    "date_parsing": DAY,
    "date_from_datetime_parsing": DAY,
    "model_attributes_type": OBJECT,
    "model_type": OBJECT,
    "dict_type": OBJECT,
    "list_type": LIST,
}
BOUNDS: Mapping[str, str] = {
    "min_length": "≥ ",
    "max_length": "≤ ",
    "gt": "> ",
    "ge": "≥ ",
    "lt": "< ",
    "le": "≤ ",
    "expected": "",
    "pattern": "",
}


def wanted(code: str, chinese: str, english: str) -> PydanticCustomError:
    """Return what a schema raises of several fields together: its words say what would be right."""
    return PydanticCustomError(code, "{en}", {"zh": chinese, "en": english})


def field_problem(error: Mapping[str, Any], language: Language) -> dict[str, str]:
    """Return one entry of a problem's `errors`: which field, the code of what is wrong, and the words for it."""
    context = error.get("ctx", {})
    chinese, english = TEXTS.get(error["type"]) or (context.get("zh", OTHERWISE[0]), context.get("en", OTHERWISE[1]))
    bound = _bound(context)
    words = f"{chinese}（{bound}）" if bound else chinese
    if language == "en":
        words = f"{english} ({bound})" if bound else english
    return {"field": _name(error["loc"]), "code": error["type"], "message": words}


def _bound(context: Mapping[str, Any]) -> str:
    """Return the limit that the field's own definition states."""
    return ", ".join(f"{sign}{context[name]}" for name, sign in BOUNDS.items() if name in context)


def _name(place: tuple[str | int, ...]) -> str:
    return ".".join(str(part)[:NAME_MAX_CHARS] for part in place)
