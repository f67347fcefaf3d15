"""Moments and days as a client writes them: in words of ISO 8601, and within what every calendar can count in."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticKnownError

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
NUMBER = re.compile(r"\s*[+-]?[0-9.]+\s*")


def _moment(value: Any) -> Any:
    """Refuse a bare number, which would be read as seconds or as milliseconds, whichever it looks like."""
    return _in_words(value, "datetime_type")


def _day(value: Any) -> Any:
    return _in_words(value, "date_type")


def _in_words(value: Any, otherwise: Any) -> Any:
    if value is not None and (not isinstance(value, str) or NUMBER.fullmatch(value)):
        raise PydanticKnownError(otherwise)
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_moment), Field(ge=FIRST, le=LAST)]
Day = Annotated[date, BeforeValidator(_day), Field(ge=FIRST.date(), le=LAST.date())]
