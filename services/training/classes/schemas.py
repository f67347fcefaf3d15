"""Bodies and views of classes."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.training.classes.rules import Outcome
from services.training.schemas import Body, Id
from shared.web.moments import Moment

Place = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class ClassChange(Body):
    """What staff change of a class; what is left out stays."""

    starts_at: Moment | None = None
    venue_zh: Place | None = None
    venue_en: Place | None = None


class CheckIn(Body):
    """Who came through the door."""

    rider_id: Id


class AttendanceSheet(Body):
    """Who was there and who had an excuse; everybody else with a place was absent."""

    present: list[Id] = Field(default_factory=list, max_length=500)
    excused: list[Id] = Field(default_factory=list, max_length=500)

    def outcome_of(self, rider_id: str) -> Outcome | None:
        """Return what the sheet says of a rider: present before excused, None for one it does not name."""
        if rider_id in self.present:
            return Outcome.PRESENT
        return Outcome.EXCUSED if rider_id in self.excused else None


class PlaceView(BaseModel):
    """One place in a class."""

    rider_id: str | None
    checked_in_at: datetime | None
    outcome: str | None
    passed: bool | None


class ClassView(BaseModel):
    """A class; `places` are all of them for staff, the own one for a rider."""

    id: str
    course_id: str
    subdistrict: str
    title_zh: str
    title_en: str
    starts_at: datetime
    venue_zh: str
    venue_en: str
    state: str
    taken: int
    places: list[PlaceView]
