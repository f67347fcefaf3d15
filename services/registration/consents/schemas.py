"""Bodies and views of consents."""

from datetime import datetime

from pydantic import BaseModel

from services.registration.schemas import Body, Code


class ConsentChange(Body):
    """What a rider says of a purpose now, having read the wording."""

    granted: bool
    wording: Code


class ConsentView(BaseModel):
    """What a rider said of a purpose."""

    purpose: str
    granted: bool
    wording: str
    given_at: datetime
    given_through: str


class PurposeView(BaseModel):
    """A purpose and the wording in force."""

    code: str
    needed: bool
    title: str
    wording: str
    text: str
