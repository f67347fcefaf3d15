"""What an auditor can prove of training: certificates, attendance, classes and the sealed log agree."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.certificates.models import Certificate, CertificateName
from services.training.classes.models import Enrolment, TrainingClass
from services.training.classes.rules import Outcome
from services.training.courses.models import CourseOrder
from shared.audit import erased_that_remain
from shared.events.training import (
    AttendanceConfirmedV1,
    CertificateIssuedV1,
    CertificateRevokedV1,
    ClassCompletedV1,
    ClassOpenedV1,
)
from shared.messaging.history import events_told
from shared.service import Audit, Effect, Finding


def check(session: Session) -> Iterator[Finding]:
    """Find where certificates, confirmed attendance, classes and what was told of them differ."""
    yield from _check_certificates(session)
    yield from _check_standing(session)
    yield from _check_issued(session)
    yield from _check_attendance(session)
    yield from _check_classes(session)
    yield from erased_that_remain(
        session, CourseOrder.rider_id, Enrolment.rider_id, Certificate.rider_id, CertificateName.rider_id
    )


def effects(_session: Session) -> Iterator[Effect]:
    """Nothing stands in training because of another service's event, apart from where riders belong."""
    yield from ()


AUDIT = Audit(check=check, effects=effects)


def _check_certificates(session: Session) -> Iterator[Finding]:
    rows = session.execute(select(Certificate, Enrolment).join(Enrolment, Enrolment.id == Certificate.enrolment_id))
    for certificate, place in rows:
        if place.outcome != Outcome.PRESENT:
            detail = f"certificate {certificate.number}: attendance of place {place.id} is {place.outcome}, not present"
            yield Finding("certificate-without-attendance", certificate.id, detail)
        if certificate.revoked_at is None and place.passed is not True:
            detail = f"certificate {certificate.number}: the result of place {place.id} is not a pass"
            yield Finding("certificate-without-pass", certificate.id, detail)
        if (place.class_id, place.rider_id) != (certificate.class_id, certificate.rider_id):
            detail = f"certificate {certificate.number} and place {place.id} differ in class or rider"
            yield Finding("certificate-of-another", certificate.id, detail)


def _check_standing(session: Session) -> Iterator[Finding]:
    standing = session.scalars(select(Certificate.enrolment_id).where(Certificate.revoked_at.is_(None)))
    for enrolment_id, count in Counter(standing).items():
        if count > 1:
            yield Finding("certificate-twice", enrolment_id, f"{count} certificates stand for place {enrolment_id}")


def _check_issued(session: Session) -> Iterator[Finding]:
    issued = {event.certificate_id: event for event in events_told(session, CertificateIssuedV1)}
    revoked = {event.certificate_id: event.reason for event in events_told(session, CertificateRevokedV1)}
    for row in session.scalars(select(Certificate)):
        event = issued.pop(row.id, None)
        if event is None or _issued_facts(event) != _issued_facts(row):
            detail = f"certificate {row.number} is not what the log says was issued"
            yield Finding("certificate-differs-from-log", row.id, detail)
        elif row.rider_id not in (None, event.rider_id):
            yield Finding("certificate-differs-from-log", row.id, f"certificate {row.number} changed its rider")
        if revoked.pop(row.id, None) != row.revocation_reason or (row.revoked_at is None) != (
            row.revocation_reason is None
        ):
            detail = f"certificate {row.number}: its revocation is not what the log says"
            yield Finding("revocation-differs-from-log", row.id, detail)
    for lost in sorted({*issued, *revoked}):
        yield Finding("certificate-missing", lost, f"the log tells of certificate {lost}, which is not there")


def _check_attendance(session: Session) -> Iterator[Finding]:
    told = {(event.class_id, event.rider_id) for event in events_told(session, AttendanceConfirmedV1)}
    present = session.execute(
        select(Enrolment.class_id, Enrolment.rider_id).where(Enrolment.outcome == Outcome.PRESENT.value)
    ).all()
    for class_id, rider_id in present:
        if rider_id is not None and (class_id, rider_id) not in told:
            detail = f"rider {rider_id} counts as present in class {class_id}, which nobody was told"
            yield Finding("attendance-not-told", class_id, detail)
    in_log, in_places = Counter(told_of for told_of, _ in told), Counter(row.class_id for row in present)
    for class_id in sorted({*in_log, *in_places}):
        if in_log[class_id] != in_places[class_id]:
            detail = f"class {class_id}: {in_log[class_id]} attendances told, {in_places[class_id]} on record"
            yield Finding("attendance-differs-from-log", class_id, detail)


def _check_classes(session: Session) -> Iterator[Finding]:
    opened = {event.class_id: event.course_id for event in events_told(session, ClassOpenedV1)}
    completed = {event.class_id for event in events_told(session, ClassCompletedV1)}
    for row in session.scalars(select(TrainingClass)):
        if opened.pop(row.id, None) != row.course_id:
            yield Finding("class-differs-from-log", row.id, f"class {row.id} is not what the log says was opened")
        if (row.id in completed) != (row.completed_at is not None):
            yield Finding("class-differs-from-log", row.id, f"class {row.id}: its end is not what the log says")
    for lost in sorted(opened):
        yield Finding("class-missing", lost, f"the log tells of class {lost}, which is not there")


def _issued_facts(of: CertificateIssuedV1 | Certificate) -> tuple[str, ...]:
    return of.number, of.class_id, of.course_id, of.title_zh, of.title_en, of.subdistrict
