"""Bodies and answers about redemptions; nothing in them tells who the rider is."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from services.rewards.schemas import Body, View

TypedCode = Annotated[str, StringConstraints(min_length=1, max_length=40), Field(examples=["7K2M4-XQ9TD"])]


class Scan(Body):
    """A voucher code as it was scanned or typed."""

    code: TypedCode


class LookupView(View):
    """What a voucher is, and whether this partner may redeem it now; `refusal` is the code of the problem if not."""

    voucher_id: str
    offer_id: str
    kind: str
    title_zh: str
    title_en: str
    points: int
    state: str
    expires_at: datetime | None
    redeemable: bool
    refusal: str | None


class RedemptionView(View):
    """A redemption, and until when it may be undone."""

    id: str
    voucher_id: str
    offer_id: str
    kind: str
    title_zh: str
    title_en: str
    redeemed_at: datetime
    undo_until: datetime
    undone_at: datetime | None


class Noted(View):
    """The answer of a step that is not the last."""
