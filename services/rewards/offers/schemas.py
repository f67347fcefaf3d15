"""Bodies and answers about offers."""

from typing import Annotated, Literal

from pydantic import Field

from services.rewards.offers.rules import POINTS_MAX, VALID_DAYS_MAX
from services.rewards.schemas import Body, Code, Title, View

Points = Annotated[int, Field(strict=True, ge=1, le=POINTS_MAX)]
Days = Annotated[int, Field(strict=True, ge=1, le=VALID_DAYS_MAX)]


class OfferDraft(Body):
    """An offer to be made; points and days are the kind's first values where they are left out."""

    kind: Code
    title_zh: Title
    title_en: Title
    points: Points | None = None
    valid_days: Days | None = None


class OfferChange(Body):
    """What is to be changed of an offer; what is left out stays. `district_wide` makes it the district's, for good."""

    title_zh: Title | None = None
    title_en: Title | None = None
    points: Points | None = None
    valid_days: Days | None = None
    active: bool | None = None
    district_wide: Literal[True] | None = None


class OfferView(View):
    """An offer; `subdistrict` says whose riders may take it, 110108 all of the district's."""

    id: str
    subdistrict: str
    kind: str
    title_zh: str
    title_en: str
    points: int
    valid_days: int
    active: bool
