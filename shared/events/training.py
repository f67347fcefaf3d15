"""What training tells: courses ordered, classes, attendance and certificates."""

from datetime import date, datetime

from shared.events.envelope import Event


class CourseOrderedV1(Event, source="training", subject="order_id"):
    """A rider ordered a course (点单), in the catalogue or not yet."""

    order_id: str
    rider_id: str
    course_id: str


class ClassOpenedV1(Event, source="training", subject="class_id"):
    """A class opened; one order is enough. `rider_ids` are those whose orders opened it."""

    class_id: str
    course_id: str
    title_zh: str
    title_en: str
    starts_at: datetime
    rider_ids: tuple[str, ...] = ()


class ClassJoinedV1(Event, source="training", subject="class_id"):
    """A rider's order took a place in a class that was open already."""

    class_id: str
    course_id: str
    title_zh: str
    title_en: str
    starts_at: datetime
    rider_id: str


class ClassChangedV1(Event, source="training", subject="class_id"):
    """Time or place of a class were changed; `rider_ids` are all who have a place in it."""

    class_id: str
    course_id: str
    title_zh: str
    title_en: str
    starts_at: datetime
    rider_ids: tuple[str, ...] = ()


class AttendanceConfirmedV1(Event, source="training", subject="class_id"):
    """A rider's attendance of a class was confirmed; one event per rider."""

    class_id: str
    course_id: str
    rider_id: str


class ClassCompletedV1(Event, source="training", subject="class_id"):
    """A class ended."""

    class_id: str
    course_id: str


class CertificateIssuedV1(Event, source="training", subject="certificate_id"):
    """A rider got a certificate for a class that the rider attended."""

    certificate_id: str
    number: str
    rider_id: str
    class_id: str
    course_id: str
    title_zh: str
    title_en: str
    expires_on: date | None = None


class CertificateRevokedV1(Event, source="training", subject="certificate_id"):
    """A certificate is no longer valid; `reason` is a code."""

    certificate_id: str
    number: str
    rider_id: str
    reason: str


class CourseChangedV1(Event, source="training", subject="course_id", internal=True):
    """Staff gave a course its titles, or changed it; certificates of it hold for `valid_days`, or without end."""

    course_id: str
    title_zh: str
    title_en: str
    certifies: bool | None = None
    valid_days: int | None = None


class CheckedInV1(Event, source="training", subject="class_id", internal=True):
    """A rider was checked in, or the check-in was undone."""

    class_id: str
    rider_id: str
    present: bool


class AttendanceNotedV1(Event, source="training", subject="class_id", internal=True):
    """A rider was not there: `outcome` says excused or absent."""

    class_id: str
    rider_id: str
    outcome: str


class ResultsNotedV1(Event, source="training", subject="class_id", internal=True):
    """A class ended with these results; who is in neither list was not examined."""

    class_id: str
    passed_rider_ids: tuple[str, ...] = ()
    failed_rider_ids: tuple[str, ...] = ()
