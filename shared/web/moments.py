"""Moments and days as a client writes them: in words of ISO 8601, and within what every calendar can count in."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticKnownError

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
NUMBER = re.compile(r"\s*[+-]?[0-9.]+\s*")


def _in_words(otherwise: Literal["datetime_type", "date_type"]) -> BeforeValidator:
    """Refuse a bare number, which would be read as seconds or as milliseconds, whichever it looks like."""

    def read(value: Any) -> Any:
        if value is not None and (not isinstance(value, str) or NUMBER.fullmatch(value)):
            raise PydanticKnownError(otherwise)
        return value

    return BeforeValidator(read)


Moment = Annotated[AwareDatetime, _in_words("datetime_type"), Field(ge=FIRST, le=LAST)]
Day = Annotated[date, _in_words("date_type"), Field(ge=FIRST.date(), le=LAST.date())]
