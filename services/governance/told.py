"""What events tell of the rows of governance: those of its own log, and those that it hears."""

from services.governance.categories.models import Category
from services.governance.hazards.models import EarningDay, Hazard, HazardContent
from services.governance.models import OFFICES
from services.governance.people.models import Consent, Rider
from services.governance.states import State
from shared.clock import local_day
from shared.events.envelope import Envelope
from shared.events.governance import (
    CategoryChangedV1,
    HazardMergedV1,
    HazardRejectedV1,
    HazardReportedV1,
    HazardVerifiedV1,
)
from shared.events.registration import (
    ConsentChangedV1,
    RiderMovedV1,
    RiderRegisteredV1,
)
from shared.told import Columns, Record, Rows


def _reported(rows: Rows, event: HazardReportedV1, envelope: Envelope) -> None:
    unset = dict.fromkeys(("outcome", "survivor_id", "shares_award", "decided_at", "decided_by"))
    facts = event.model_dump(include={"rider_id", "subdistrict", "community", "category"})
    if event.earns or event.no_award:
        facts["no_award"] = event.no_award or None
    rows.put(event.hazard_id, **facts, reported_at=envelope.time, state=State.REPORTED.value, **unset)


def _verified(rows: Rows, event: HazardVerifiedV1, envelope: Envelope) -> None:
    rows.put(event.hazard_id, state=State.VERIFIED.value, outcome=event.severity, **_decided(envelope))


def _rejected(rows: Rows, event: HazardRejectedV1, envelope: Envelope) -> None:
    rows.put(event.hazard_id, state=State.REJECTED.value, outcome=event.reason, **_decided(envelope))


def _merged(rows: Rows, event: HazardMergedV1, envelope: Envelope) -> None:
    """Let a report stand under another one; what was merged into it before follows it, and was decided before."""
    known = rows.get((event.merged_hazard_id,), {}).get("state") == State.MERGED
    rows.put(event.merged_hazard_id, **({} if known else _decided(envelope)))
    where = {"survivor_id": event.hazard_id, "shares_award": event.shares_award}
    rows.put(event.merged_hazard_id, state=State.MERGED.value, **where)


def _decided(envelope: Envelope) -> Columns:
    return {"decided_at": envelope.time, "decided_by": envelope.actor.partition("/")[2]}


def _content_kept(rows: Rows, event: HazardReportedV1, _envelope: Envelope) -> None:
    rows.put(event.hazard_id, rider_id=event.rider_id)


def _counted(rows: Rows, event: HazardReportedV1, envelope: Envelope) -> None:
    day = rows.setdefault((event.rider_id, local_day(envelope.time)), {"earning": 0})
    day["earning"] += event.earns


def _category_changed(rows: Rows, event: CategoryChangedV1, _envelope: Envelope) -> None:
    rows.put(event.category, **event.model_dump(exclude={"category", "subdistrict"}))


def _home_told(rows: Rows, event: RiderRegisteredV1 | RiderMovedV1, _envelope: Envelope) -> None:
    rows.put(event.rider_id, subdistrict=event.subdistrict)


def _consent_changed(rows: Rows, event: ConsentChangedV1, _envelope: Envelope) -> None:
    rows.put(event.rider_id, event.purpose, granted=event.granted)


TOLD = (
    Record(
        model=Hazard,
        erased={"rider_id": None},
        steps={
            HazardReportedV1: _reported,
            HazardVerifiedV1: _verified,
            HazardRejectedV1: _rejected,
            HazardMergedV1: _merged,
        },
    ),
    Record(model=HazardContent, key=("hazard_id",), steps={HazardReportedV1: _content_kept}),
    Record(model=EarningDay, key=("rider_id", "day"), steps={HazardReportedV1: _counted}),
    Record(model=Category, key=("code",), rider=None, steps={CategoryChangedV1: _category_changed}),
)
HEARD = {
    "registration": (
        Record(model=Rider, rider="id", steps={RiderRegisteredV1: _home_told, RiderMovedV1: _home_told}),
        Record(model=Consent, key=("rider_id", "purpose"), steps={ConsentChangedV1: _consent_changed}),
        OFFICES.record,
    )
}
CHECKED = {"hazard": "no_award photo_id", "photo": "file_key hazard_id"}
UNTOLD = {
    "hazard.same_photo_as": "a hint to staff",
    "hazard.changes": "a count that only limits corrections",
    "hazard_content.cell": "a place, as coarse as it is: no event tells where",
    "hazard_content.words": "sealed under the rider's key",
    "hazard_content.place": "sealed under the rider's key",
    "category.parent": "no event tells it",
    "photo.id": "an event tells of a photo when it is stored, and none when it is forgotten",
    "photo.rider_id": "no event tells whose a photo is",
    "photo.digest": "what a photo looks like is told by no event",
    "photo.phash": "the same",
    "photo.stored_at": "the same",
    "photo.subdistrict": "the same",
    "photo_band.subdistrict": "an index of what photos look like",
    "photo_band.band": "the same",
    "photo_band.photo_id": "the same",
    "photo_day.rider_id": "a count that only limits how many photos are looked at",
    "photo_day.day": "the same",
    "photo_day.looked_at": "the same",
}
