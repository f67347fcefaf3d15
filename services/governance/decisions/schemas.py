"""Bodies and views of decisions."""

from datetime import datetime

from pydantic import BaseModel

from services.governance.decisions.rules import Reason, Severity
from services.governance.schemas import Body, Id
from services.governance.states import State


class Verification(Body):
    """The hazard is real, and how bad it is."""

    severity: Severity


class Rejection(Body):
    """There is no hazard to act on, and why."""

    reason: Reason


class Merger(Body):
    """The report tells of the same hazard as another one, which survives."""

    into: Id


class DecisionView(BaseModel):
    """What stands decided about a report."""

    hazard_id: str
    state: State
    severity: str | None
    reason: str | None
    merged_into: str | None
    shares_award: bool | None
    decided_at: datetime | None


class ReasonView(BaseModel):
    """A reason to choose from."""

    code: Reason
    title_zh: str
    title_en: str
