"""Bodies and views of codes."""

from datetime import datetime

from pydantic import BaseModel

from services.registration.schemas import Body, PhoneText


class CodeOrder(Body):
    """Asks for a code by SMS."""

    phone: PhoneText


class CodeRequestView(BaseModel):
    """What to give back with the code; the same for a known and an unknown phone."""

    request_id: str
    expires_at: datetime
