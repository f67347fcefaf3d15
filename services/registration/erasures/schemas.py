"""Views of erasures."""

from datetime import datetime

from pydantic import BaseModel


class ReceiptView(BaseModel):
    """What one service answered; `received_at` is None while it is waited for."""

    service: str
    received_at: datetime | None


class ErasureView(BaseModel):
    """How far an erasure is: `waiting` for receipts, or `complete`; and when the phone may be registered again."""

    rider_id: str
    state: str
    erased_at: datetime
    phone_free_from: datetime
    receipts: list[ReceiptView]
