"""Bodies and views of riders."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.registration.schemas import Body, Email, Language, Name, PhoneText, PlaceCode

MutedPair = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z][a-z-]*:(inbox|sms)$")]


class RiderChange(Body):
    """What a rider changes; what is left out stays, and a masked value sent back keeps the real one."""

    language: Language | None = None
    muted: Annotated[list[MutedPair], Field(max_length=100)] | None = None
    phone: PhoneText | None = None
    name: Name | None = None
    email: Email | None = None


class Move(Body):
    """The sub-district that a rider belongs to from now on."""

    subdistrict: PlaceCode


class RiderView(BaseModel):
    """A rider as staff and the rider see it: personal values are masked."""

    id: str
    subdistrict: str
    platform: str
    language: str
    registered_at: datetime
    phone_proved: bool
    phone: str | None
    name: str | None
    email: str | None


class OwnRiderView(RiderView):
    """A rider as the rider sees it."""

    muted: list[str]


class MovedView(BaseModel):
    """Where a rider belongs now."""

    rider_id: str
    subdistrict: str


class ChangedView(BaseModel):
    """What a rider chose; nothing personal."""

    rider_id: str
    language: str
    muted: list[str]


class PhoneView(BaseModel):
    """A rider's phone, for the service that sends a message."""

    rider_id: str
    phone: str


class NameView(BaseModel):
    """A rider's name, for the service that writes it on a certificate; None where the rider gave none."""

    rider_id: str
    name: str | None
