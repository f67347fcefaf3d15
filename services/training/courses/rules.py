"""What decides about orders: how many wishes may wait, and where an order counts."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.validity import valid_at


@dataclass(frozen=True)
class OrderRule:
    """How many wishes of one rider may wait for a title at once, from a day on."""

    valid_from: date
    waiting_wishes_max: int


ORDER_RULES = (OrderRule(date(2024, 1, 1), waiting_wishes_max=5),)


def order_rule(moment: datetime) -> OrderRule:
    """Return the rule of the moment's day in Asia/Shanghai; before the first one, the first."""
    return valid_at(ORDER_RULES, moment)


def home_of(in_token: str | None, as_told: str | None) -> str | None:
    """Return the sub-district where a rider's order counts: the token's, or else what registration told us.

    The token goes first so that an order counts the same whether or not the rider's events have arrived yet.
    """
    return in_token or as_told


def order_state(*, active: bool, has_class: bool) -> str:
    """Return the state of an order as its rider reads it."""
    if has_class:
        return "in-class" if active else "done"
    return "waiting" if active else "closed"


def names_one(course_id: str | None, wish: str | None) -> bool:
    """Tell whether an order names a course or a wish, and not both."""
    return (course_id is None) != (wish is None)


def names_course(course_id: str | None, title_zh: str | None, title_en: str | None) -> bool:
    """Tell whether an answer links a course or gives both titles, and nothing in between."""
    titles = {title_zh is None, title_en is None}
    return titles == {course_id is not None}
