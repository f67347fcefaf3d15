"""Three kinds of failure: transient, ours, and the event's own."""

import traceback
from enum import Enum
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError

from shared.errors import ConfigurationError

MISSING_ON_SQLITE = ("no such table", "no such column", "has no column")
MISSING_ON_POSTGRESQL = ("42P01", "42703", "3F000", "42501")
TRANSIENT_ON_POSTGRESQL = ("08", "25P03", "25P04", "40", "53", "55", "57", "58")
"""Classes, and two of class 25: the server ended a transaction that rested or lasted too long."""


class ConsumerStoppedError(RuntimeError):
    """The fault is in the service, not in an event: nothing is applied until an operator has looked."""


class Failure(Enum):
    """What is to be done about an exception."""

    TRANSIENT = "transient"
    OURS = "ours"
    EVENT = "event"


def kind_of(error: BaseException) -> Failure:
    """Tell whether to try again (transient), to stop and alarm (ours), or to park the event (its own)."""
    if isinstance(error, ConfigurationError | ConsumerStoppedError):
        return Failure.OURS
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, ConnectionError | TimeoutError | OSError | NoConnectionFreeError):
        return Failure.TRANSIENT
    return Failure.EVENT


def place_of(error: BaseException) -> str:
    """Return the innermost place in the code where the error arose, as `module.py:function:line`; never a value."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or list(frames)
    if not ours:
        return "unknown"
    last = ours[-1]
    return f"{Path(last.filename).parent.name}/{Path(last.filename).name}:{last.name}:{last.lineno}"


def _of_database(error: DBAPIError) -> Failure:
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return _of_state(str(state))
    if isinstance(error, OperationalError | ProgrammingError) and any(
        words in str(error.orig) for words in MISSING_ON_SQLITE
    ):
        return Failure.OURS
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
        return Failure.TRANSIENT
    return Failure.EVENT


def _of_state(state: str) -> Failure:
    if state in MISSING_ON_POSTGRESQL:
        return Failure.OURS
    if state.startswith(TRANSIENT_ON_POSTGRESQL):
        return Failure.TRANSIENT
    return Failure.EVENT
