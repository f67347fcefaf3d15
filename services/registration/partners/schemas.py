"""Bodies and views of partners."""

from datetime import datetime

from pydantic import BaseModel

from services.registration.schemas import Body, Code, Login, PlaceCode, Title


class PartnerDraft(Body):
    """A new partner and the login of its account."""

    kind: Code
    title_zh: Title
    title_en: Title
    subdistrict: PlaceCode
    login: Login


class PartnerChange(Body):
    """What is changed of a partner; what is left out stays."""

    title_zh: Title | None = None
    title_en: Title | None = None
    active: bool | None = None


class PartnerView(BaseModel):
    """A partner."""

    id: str
    kind: str
    title_zh: str
    title_en: str
    subdistrict: str
    active: bool
    joined_at: datetime


class InvitedPartnerView(BaseModel):
    """A partner whose account was invited: the invitation goes to the partner, over a safe way, once."""

    id: str
    account_id: str
    invitation_id: str | None
    expires_at: datetime | None
    invitation: str | None = None
