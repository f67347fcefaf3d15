"""Bodies and views of reports."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from services.governance.schemas import Body, Code, Id
from services.governance.states import State
from shared.geo import Datum
from shared.web.fields import wanted


def seen(words: str) -> str:
    """Return words that can be seen, nothing where every character of them is invisible."""
    return words if any(one.isprintable() and not one.isspace() for one in words) else ""


Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(seen)]
CommunityCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]


class StatedPoint(Body):
    """A place as a phone or a map states it: in which of the two datums, and give or take how many metres."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    datum: Datum
    accuracy_m: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] | None = None


class HazardDraft(Body):
    """A report: a photo or words or both, where it is, and in which community."""

    photo_id: Id | None = None
    category: Code
    words: Words = ""
    community: CommunityCode
    point: StatedPoint

    @model_validator(mode="after")
    def _tells_something(self) -> Self:
        if self.photo_id is None and not self.words:
            raise wanted("nothing_reported", "请给出照片、文字或两者", "give a photo, or words, or both")
        return self


class HazardChange(Body):
    """What the rider corrects of a report; what is left out stays."""

    words: Words | None = None
    point: StatedPoint | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.words == "" or (self.words is None and self.point is None):
            raise wanted("nothing_to_change", "请给出文字、位置或两者", "give words, or a point, or both")
        return self


class Similar(BaseModel):
    """An open report of the same category that was made before, nearby; `distance_m` is in steps of 10 m."""

    hazard_id: str
    state: State
    category: str
    distance_m: int
    minutes_ago: int


class HazardAnswer(BaseModel):
    """A report that was accepted; `no_award` is the code of why it earns nothing, `note` says it in words."""

    hazard_id: str
    state: State
    subdistrict: str
    community: str
    category: str
    earns: bool
    no_award: str | None
    note: str | None
    earning_reports_max: int
    similar: list[Similar]
    same_photo_as: str | None
    reported_at: datetime


class HazardView(BaseModel):
    """A report in a list: nothing personal."""

    hazard_id: str
    state: State
    subdistrict: str
    community: str
    category: str
    earns: bool
    no_award: str | None
    has_photo: bool
    same_photo_as: str | None
    severity: str | None
    reason: str | None
    merged_into: str | None
    shares_award: bool | None
    reported_at: datetime
    decided_at: datetime | None


class Place(BaseModel):
    """The exact place of a hazard in WGS-84."""

    lat: float
    lon: float
    datum: Datum
    accuracy_m: float | None


class HazardDetails(HazardView):
    """A report as its rider and the sub-district's staff read it; without content once the rider was erased."""

    words: str | None
    point: Place | None
    similar: list[Similar]
