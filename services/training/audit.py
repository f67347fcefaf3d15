"""What an auditor can prove of training: certificates, attendance, classes and the sealed log agree."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.certificates.models import Certificate, CertificateName
from services.training.classes.models import Enrolment
from services.training.classes.rules import Outcome
from services.training.courses.models import CourseOrder
from services.training.told import CHECKED, HEARD, TOLD, UNTOLD
from shared.audit import differences_from_log, erased_that_remain
from shared.events.training import (
    AttendanceConfirmedV1,
)
from shared.messaging.history import events_told
from shared.service import Audit, Effect, Finding


def check(session: Session) -> Iterator[Finding]:
    """Find where certificates, confirmed attendance, classes and what was told of them differ."""
    yield from _check_certificates(session)
    yield from _check_standing(session)
    yield from _check_attendance(session)
    yield from differences_from_log(session, TOLD)
    yield from erased_that_remain(
        session, CourseOrder.rider_id, Enrolment.rider_id, Certificate.rider_id, CertificateName.rider_id
    )


def effects(_session: Session) -> Iterator[Effect]:
    """Nothing stands in training because of another service's event, apart from where riders belong."""
    yield from ()


AUDIT = Audit(check, effects, told=TOLD, heard=HEARD, checked=CHECKED, untold=UNTOLD)


def _check_certificates(session: Session) -> Iterator[Finding]:
    with_places = select(Certificate, Enrolment).outerjoin(Enrolment, Enrolment.id == Certificate.enrolment_id)
    for certificate, place in session.execute(with_places):
        if place is None:
            detail = f"certificate {certificate.number}: there is no place {certificate.enrolment_id}"
            yield Finding("certificate-without-place", certificate.id, detail)
            continue
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
