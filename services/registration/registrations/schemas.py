"""Bodies and views of registrations."""

from typing import Annotated

from pydantic import BaseModel, Field

from services.registration.schemas import (
    Body,
    Code,
    CodeGiven,
    ConsentGiven,
    Email,
    Language,
    Name,
    PhoneText,
    PlaceCode,
    TokenView,
)


class RiderDraft(Body):
    """A rider as the rider or staff describe one."""

    phone: PhoneText
    platform: Code
    subdistrict: PlaceCode
    language: Language = "zh-CN"
    name: Name | None = None
    email: Email | None = None
    consents: Annotated[list[ConsentGiven], Field(max_length=20)]


class SignUp(RiderDraft, CodeGiven):
    """A rider signs up with the code that came to the phone."""


class RegistrationView(BaseModel):
    """Who the phone belongs to; `known` says that this was so before: then nothing but consents may have changed."""

    registration_id: str
    rider_id: str
    known: bool
    subdistrict: str
    platform: str
    language: str


class SignUpView(RegistrationView, TokenView):
    """The same, with the tokens of the rider who proved to hold the phone."""
