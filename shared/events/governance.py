"""What governance tells: hazards that riders report and what staff find of them."""

from datetime import datetime

from shared.events.envelope import Event


class HazardReportedV1(Event, source="governance", subject="hazard_id"):
    """A rider reported a hazard; where it `earns` nothing, `no_award` says why as a code (empty: not told)."""

    hazard_id: str
    rider_id: str
    community: str
    category: str
    earns: bool
    no_award: str = ""


class HazardVerifiedV1(Event, source="governance", subject="hazard_id"):
    """Staff found the hazard to be real."""

    hazard_id: str
    rider_id: str
    severity: str


class HazardRejectedV1(Event, source="governance", subject="hazard_id"):
    """Staff found no hazard; `reason` is a code."""

    hazard_id: str
    rider_id: str
    reason: str


class HazardMergedV1(Event, source="governance", subject="hazard_id"):
    """Another report tells of the same hazard: it now stands under the surviving `hazard_id`.

    `shares_award` is decided at the merge: another rider than the first, within the number of riders that share.
    """

    hazard_id: str
    merged_hazard_id: str
    merged_rider_id: str
    merged_reported_at: datetime
    merged_subdistrict: str
    merged_earns: bool
    shares_award: bool


class HazardPhotoStoredV1(Event, source="governance", subject="photo_id", internal=True):
    """A photo was checked, stripped, encrypted and stored."""

    photo_id: str


class HazardDetailsChangedV1(Event, source="governance", subject="hazard_id", internal=True):
    """Words or place of a report were changed; `fields` names them, never their values."""

    hazard_id: str
    fields: tuple[str, ...]


class CategoryChangedV1(Event, source="governance", subject="category", internal=True):
    """Staff added or changed a category of hazards."""

    category: str
    title_zh: str
    title_en: str
    active: bool
