"""Bodies and views of staff."""

from datetime import date, datetime

from pydantic import BaseModel

from services.registration.schemas import Body, Login, PlaceCode
from shared.auth import Role
from shared.web.moments import Day


class Office(Body):
    """An office: the role, its place (110108 for the district) and its days; from today on without end by default."""

    role: Role
    subdistrict: PlaceCode
    starts_on: Day | None = None
    ends_on: Day | None = None


class StaffDraft(Office):
    """A new member of staff."""

    login: Login


class StaffView(BaseModel):
    """A person's office."""

    id: str
    appointment_id: str
    role: str
    subdistrict: str
    starts_on: date
    ends_on: date | None
    ended_at: datetime | None
    login: str | None


class InvitedStaffView(BaseModel):
    """A person who was invited: the invitation goes to the person, over a safe way, once."""

    id: str
    appointment_id: str
    invitation_id: str | None
    expires_at: datetime | None
    invitation: str | None = None
