"""What decides about decisions: whether one may still be made, and who shares the award of a merged report."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum

from services.governance.states import State
from shared.validity import valid_at


class Severity(StrEnum):
    """How bad a verified hazard is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Reason(StrEnum):
    """Why a report is rejected."""

    NOT_FOUND = "not-found"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out-of-scope"
    UNCLEAR = "unclear"
    STAGED = "staged"


REASON_TITLES = {
    Reason.NOT_FOUND: ("现场未发现", "Nothing was found there"),
    Reason.DUPLICATE: ("重复上报", "It was reported before"),
    Reason.OUT_OF_SCOPE: ("不属于受理范围", "It is out of scope"),
    Reason.UNCLEAR: ("信息不清", "The report is unclear"),
    Reason.STAGED: ("现场系人为摆拍", "The scene was staged"),
}


@dataclass(frozen=True)
class Decision:
    """What became of a report, and with which severity or reason, or under which surviving report."""

    state: State
    outcome: str | None


class Ruling(Enum):
    """What is to be done about a decision that somebody wants."""

    DECIDE = "decide"
    STANDS = "stands"
    CONFLICT = "conflict"


def ruling(stands: Decision, wanted: Decision) -> Ruling:
    """Decide once: the same decision again stands as it is, another one conflicts with what was decided."""
    if stands.state is State.REPORTED:
        return Ruling.DECIDE
    return Ruling.STANDS if stands == wanted else Ruling.CONFLICT


@dataclass(frozen=True)
class SharingRule:
    """How many riders may share the award of a surviving report beside the first, from a day on."""

    valid_from: date
    sharing_riders_max: int


SHARING_RULES = (SharingRule(date(2024, 1, 1), sharing_riders_max=3),)


def sharing_rule(moment: datetime) -> SharingRule:
    """Return the rule of the moment."""
    return valid_at(SHARING_RULES, moment)


@dataclass(frozen=True)
class Claim:
    """A merged report, as far as it decides about sharing: whose it is, and whether it earns by itself."""

    rider_id: str
    earns: bool


def shares_award(rule: SharingRule, claim: Claim, first: str, sharing: Collection[str]) -> bool:
    """Tell whether a merged report shares in the award of the surviving one, which is the `first` rider's.

    It does when it earns by itself, and its rider is neither the first, nor sharing already, nor one too many.
    """
    is_another = claim.rider_id != first and claim.rider_id not in sharing
    return claim.earns and is_another and len(sharing) < rule.sharing_riders_max
