"""JSON logs, one object a line, without phone numbers and without what exceptions say."""

import logging
import re
import sys
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

import structlog

from shared.messaging.failures import place_of

PHONE = re.compile(r"(?<!\d)(?:(?:\+|00)?86[\s\-.]{0,2})?1[\s\-.]?[3-9](?:[\s\-.]?\d){9}(?!\d)")
HIDDEN = "[phone]"
DEPTH_MAX = 8
QUIET_S = 10.0

Line = MutableMapping[str, Any]


def without_phones(_logger: Any, _method: str, line: Line) -> Line:
    """Replace whatever looks like a mobile number in any name or value of a log line."""
    return {_hide_in(name): _hide(value, DEPTH_MAX) for name, value in line.items()}


def without_words_of_exceptions(_logger: Any, _method: str, line: Line) -> Line:
    """Replace an exception by its class and place: its words and its traceback may hold what somebody has sent."""
    raised = line.pop("exc_info", None)
    if isinstance(raised, tuple):
        raised = raised[1]
    elif raised is True:
        raised = sys.exc_info()[1]
    if isinstance(raised, BaseException):
        line["error"], line["place"] = type(raised).__name__, place_of(raised)
    return line


def configure_logs(level: str = "info") -> None:
    """Let every line be a JSON object on standard error, from this level on; of libraries, warnings and worse."""
    number = logging.getLevelNamesMapping()[level.upper()]
    first: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_words_of_exceptions,
        without_phones,
    ]
    written = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*first, written],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    _redirect_libraries(number, [structlog.stdlib.add_logger_name, *first], written)


class Repeats(logging.Filter):
    """Lets a library say the same every ten seconds only: clients of a server that is away repeat it all the time.

    The line that comes through again tells how many were left out, as `repeated`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], float] = {}
        self._left_out: Counter[tuple[str, int]] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line comes through; what is said at the same place of the code is the same."""
        place = (record.pathname, record.lineno)
        if record.created - self._said.get(place, -QUIET_S) < QUIET_S:
            self._left_out[place] += 1
            return False
        self._said[place] = record.created
        if repeated := self._left_out.pop(place, 0):
            record.repeated = repeated
        return True


def _redirect_libraries(level: int, first: list[Any], written: Any) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Repeats())
    counted = structlog.stdlib.ExtraAdder(allow=["repeated"])
    only_line = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=[counted, *first], processors=[only_line, written])
    )
    root = logging.getLogger()
    root.handlers, root.level = [handler], max(level, logging.WARNING)


def _hide(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return HIDDEN if PHONE.search(f"{value:.0f}" if isinstance(value, float) else str(value)) else value
    if isinstance(value, dict) and depth:
        return {_hide_in(str(name)): _hide(inner, depth - 1) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth:
        return [_hide(inner, depth - 1) for inner in value]
    return _hide_in(value if isinstance(value, str) else repr(value))


def _hide_in(text: str) -> str:
    return PHONE.sub(HIDDEN, text)
