"""What events tell of the rows of training: those of its own log, and those that it hears."""

from typing import Any

from services.training.certificates.models import Certificate
from services.training.classes.models import Enrolment, TrainingClass
from services.training.classes.rules import Outcome
from services.training.courses.models import Course, CourseOrder, Rider
from services.training.models import OFFICES
from shared.events.envelope import Envelope
from shared.events.registration import RiderMovedV1, RiderRegisteredV1
from shared.events.training import (
    AttendanceConfirmedV1,
    AttendanceNotedV1,
    CertificateIssuedV1,
    CertificateRevokedV1,
    CheckedInV1,
    ClassChangedV1,
    ClassCompletedV1,
    ClassJoinedV1,
    ClassOpenedV1,
    CourseChangedV1,
    CourseOrderedV1,
    ResultsNotedV1,
)
from shared.told import Record, Rows


def _course_changed(rows: Rows, event: CourseChangedV1, envelope: Envelope) -> None:
    terms: dict[str, Any] = {"title_zh": event.title_zh, "title_en": event.title_en}
    if event.certifies is not None:
        terms |= {"certifies": event.certifies, "valid_days": event.valid_days}
    elif rows.get((event.course_id,), {}).get("title_zh", "") is None:
        del rows[event.course_id,]["certifies"], rows[event.course_id,]["valid_days"]
    rows.setdefault((event.course_id,), {"subdistrict": event.subdistrict, "added_at": envelope.time}).update(terms)


def _course_wished(rows: Rows, event: CourseOrderedV1, envelope: Envelope) -> None:
    untitled = {"title_zh": None, "title_en": None, "certifies": False, "valid_days": None}
    rows.setdefault((event.course_id,), {"subdistrict": event.subdistrict, "added_at": envelope.time, **untitled})


def _ordered(rows: Rows, event: CourseOrderedV1, envelope: Envelope) -> None:
    facts = {"rider_id": event.rider_id, "subdistrict": event.subdistrict, "ordered_at": envelope.time}
    rows.put(event.order_id, **facts)


def _class_opened(rows: Rows, event: ClassOpenedV1, envelope: Envelope) -> None:
    facts = event.model_dump(exclude={"class_id", "rider_ids"})
    rows.put(event.class_id, **facts, opened_at=envelope.time, completed_at=None)


def _class_changed(rows: Rows, event: ClassChangedV1, _envelope: Envelope) -> None:
    rows.put(event.class_id, starts_at=event.starts_at)


def _class_completed(rows: Rows, event: ClassCompletedV1, envelope: Envelope) -> None:
    rows.put(event.class_id, completed_at=envelope.time, joinable=False)


def _places_opened(rows: Rows, event: ClassOpenedV1, _envelope: Envelope) -> None:
    for rider_id in event.rider_ids:
        _place(rows, event.class_id, rider_id)


def _place_taken(rows: Rows, event: ClassJoinedV1, _envelope: Envelope) -> None:
    _place(rows, event.class_id, event.rider_id)


def _place(rows: Rows, class_id: str, rider_id: str) -> None:
    unset = dict.fromkeys(("checked_in_at", "outcome", "confirmed_at", "passed"))
    if rows.setdefault((class_id, rider_id), unset) is unset:
        rows.notes.setdefault(class_id, []).append(rider_id)


def _checked_in(rows: Rows, event: CheckedInV1, envelope: Envelope) -> None:
    rows.put(event.class_id, event.rider_id, checked_in_at=envelope.time if event.present else None)


def _attended(rows: Rows, event: AttendanceConfirmedV1, envelope: Envelope) -> None:
    rows.put(event.class_id, event.rider_id, outcome=Outcome.PRESENT.value, confirmed_at=envelope.time)


def _not_attended(rows: Rows, event: AttendanceNotedV1, envelope: Envelope) -> None:
    rows.put(event.class_id, event.rider_id, outcome=event.outcome, confirmed_at=envelope.time)


def _results_noted(rows: Rows, event: ResultsNotedV1, _envelope: Envelope) -> None:
    rows.notes["results", event.class_id] = True
    for passed, rider_ids in ((True, event.passed_rider_ids), (False, event.failed_rider_ids)):
        for rider_id in rider_ids:
            rows.put(event.class_id, rider_id, passed=passed)


def _results_unknown(rows: Rows, event: ClassCompletedV1, _envelope: Envelope) -> None:
    """Let classes that ended before results were told say nothing of them."""
    if ("results", event.class_id) not in rows.notes:
        for rider_id in rows.notes.get(event.class_id, ()):
            rows[event.class_id, rider_id].pop("passed", None)


def _passed(rows: Rows, event: CertificateIssuedV1, _envelope: Envelope) -> None:
    rows.put(event.class_id, event.rider_id, passed=True)


def _issued(rows: Rows, event: CertificateIssuedV1, envelope: Envelope) -> None:
    place = (event.class_id, event.rider_id)
    facts = event.model_dump(exclude={"certificate_id"}, exclude_unset=True)
    unset = {"revoked_at": None, "revocation_reason": None}
    rows.put(event.certificate_id, **facts, issued_at=envelope.time, replaces=rows.notes.get(place), **unset)
    rows.notes[place] = event.certificate_id


def _revoked(rows: Rows, event: CertificateRevokedV1, envelope: Envelope) -> None:
    rows.put(event.certificate_id, revoked_at=envelope.time, revocation_reason=event.reason)


def _home_told(rows: Rows, event: RiderRegisteredV1 | RiderMovedV1, _envelope: Envelope) -> None:
    rows.put(event.rider_id, subdistrict=event.subdistrict)


TOLD = (
    Record(model=Course, rider=None, steps={CourseChangedV1: _course_changed, CourseOrderedV1: _course_wished}),
    Record(model=CourseOrder, erased={"rider_id": None, "active": False}, steps={CourseOrderedV1: _ordered}),
    Record(
        model=TrainingClass,
        rider=None,
        steps={
            ClassOpenedV1: _class_opened,
            ClassChangedV1: _class_changed,
            ClassCompletedV1: _class_completed,
        },
    ),
    Record(
        model=Enrolment,
        key=("class_id", "rider_id"),
        steps={
            ClassOpenedV1: _places_opened,
            ClassJoinedV1: _place_taken,
            CheckedInV1: _checked_in,
            AttendanceConfirmedV1: _attended,
            AttendanceNotedV1: _not_attended,
            ResultsNotedV1: _results_noted,
            ClassCompletedV1: _results_unknown,
            CertificateIssuedV1: _passed,
        },
    ),
    Record(
        model=Certificate,
        erased={"rider_id": None},
        steps={CertificateIssuedV1: _issued, CertificateRevokedV1: _revoked},
    ),
)
HEARD = {
    "registration": (
        Record(model=Rider, rider="id", steps={RiderRegisteredV1: _home_told, RiderMovedV1: _home_told}),
        OFFICES.record,
    )
}
CHECKED = {"certificate": "enrolment_id"}
UNTOLD = {
    "course_order.course_id": "staff may say which course a wish is, and no event says of which order",
    "course_order.class_id": "the events of a class tell who has a place in it, not by which order",
    "course_order.active": "the same; an erased rider's order is not active",
    "wish.order_id": "no event tells whether an order came with words",
    "wish.rider_id": "the same",
    "wish.words": "sealed under the rider's key",
    "class.venue_zh": "events tell that time or place changed, and the time",
    "class.venue_en": "the same",
    "class.joinable": "follows from the time of the order that comes next; of a class that ended it is told",
    "enrolment.id": "the order that took the place, which no event of the class names",
    "certificate_name.certificate_id": "no event tells whether a certificate bears a name",
    "certificate_name.rider_id": "the same",
    "certificate_name.name": "sealed under the rider's key",
}
