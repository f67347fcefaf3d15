"""What staff may ask when a class ends, and of certificates afterwards.

Names of holders come in with the command: they are asked of registration before the transaction begins.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from services.training.certificates import personal, problems, rules, store
from services.training.certificates.models import Certificate
from services.training.certificates.schemas import CertificateWanted, Completion, CompletionView, Result, Revocation
from services.training.classes import problems as class_problems
from services.training.classes import store as classes
from services.training.classes.models import Enrolment, TrainingClass
from services.training.classes.rules import Outcome
from services.training.courses import store as courses
from services.training.courses.models import Course
from shared.auth import STAFF, Principal, authorize
from shared.errors import NOT_FOUND
from shared.events.training import CertificateIssuedV1, CertificateRevokedV1, ClassCompletedV1, ResultsNotedV1
from shared.messaging import emit, new_id, now

Names = Mapping[str, str | None]


def list_entitled(session: Session, principal: Principal, class_id: str, rider_ids: Sequence[str]) -> list[str]:
    """Return who of the riders may get a certificate of the class: whose names are worth asking for."""
    found = classes.get_class(session, class_id)
    authorize(principal, STAFF, subdistrict=found.subdistrict, hidden=NOT_FOUND(kind="class", id=class_id))
    if not courses.get_course(session, found.course_id).certifies:
        return []
    places = {place.rider_id: place.outcome for place in classes.list_places(session, class_id)}
    return [rider_id for rider_id in rider_ids if places.get(rider_id) == Outcome.PRESENT]


def complete_class(session: Session, principal: Principal, class_id: str, completion: Completion, names: Names) -> str:
    """End a class whose attendance is known; who was there and passed gets a certificate where the course gives one.

    One that was issued before stands: a pass accepts it, a failure beside it is refused.
    """
    ended = _lock_class(session, principal, class_id)
    if twice := rules.named_twice([result.rider_id for result in completion.results]):
        raise problems.RIDER_NAMED_TWICE(rider_ids=twice)
    if ended.completed_at is not None:
        raise class_problems.CLASS_COMPLETED(class_id=class_id, completed_at=ended.completed_at)
    if now(session) < ended.starts_at:
        raise class_problems.TOO_EARLY(class_id=class_id, opens_at=ended.starts_at)
    if undecided := classes.list_undecided(session, class_id):
        raise class_problems.ATTENDANCE_OPEN(class_id=class_id, rider_ids=undecided)

    ended.completed_at, ended.joinable = now(session), False
    courses.end_orders(session, class_id)
    course = courses.get_course(session, ended.course_id)
    for result in completion.results:
        place = _note_result(session, class_id, result)
        if result.passed and course.certifies and store.find_standing(session, place.id) is None:
            _issue(session, ended, place, course, names.get(result.rider_id))
    _tell_results(session, ended, completion)
    emit(session, ClassCompletedV1(subdistrict=ended.subdistrict, class_id=class_id, course_id=course.id))
    return class_id


def describe_completion(session: Session, class_id: str) -> CompletionView:
    """Say when a class ended, and which certificates came of it."""
    return CompletionView(
        class_id=class_id,
        completed_at=classes.get_class(session, class_id).completed_at,
        certificate_ids=list(store.list_ids_of_class(session, class_id)),
    )


def issue_certificate(session: Session, principal: Principal, wanted: CertificateWanted, names: Names) -> str:
    """Issue a certificate after confirmed attendance, or anew after the last one was revoked; return its id."""
    attended = _lock_class(session, principal, wanted.class_id)
    place = _get_place(session, wanted.class_id, wanted.rider_id)
    course = courses.get_course(session, attended.course_id)
    if not course.certifies:
        raise problems.COURSE_DOES_NOT_CERTIFY(course_id=course.id)
    _require_presence(place)
    if place.passed is False:
        raise problems.NOT_PASSED(class_id=wanted.class_id, rider_id=wanted.rider_id)

    place.passed = True
    return _issue(session, attended, place, course, names.get(wanted.rider_id))


def revoke_certificate(session: Session, principal: Principal, certificate_id: str, order: Revocation) -> str:
    """Revoke a certificate, at once and for good."""
    revoked = store.lock_certificate(session, certificate_id)
    hidden = NOT_FOUND(kind="certificate", id=certificate_id)
    authorize(principal, STAFF, subdistrict=revoked.subdistrict, hidden=hidden)
    if revoked.revoked_at is not None:
        about = {"number": revoked.number, "revoked_at": revoked.revoked_at, "reason": revoked.revocation_reason}
        raise problems.ALREADY_REVOKED(**about)

    revoked.revoked_at, revoked.revocation_reason = now(session), order.reason.value
    event = CertificateRevokedV1(
        subdistrict=revoked.subdistrict,
        certificate_id=certificate_id,
        number=revoked.number,
        rider_id=revoked.rider_id or "",
        reason=order.reason.value,
    )
    emit(session, event)
    return certificate_id


def _note_result(session: Session, class_id: str, result: Result) -> Enrolment:
    place = _get_place(session, class_id, result.rider_id)
    if result.passed:
        _require_presence(place)
    elif (standing := store.find_standing(session, place.id)) is not None:
        raise problems.FAILED_WITH_CERTIFICATE(rider_id=result.rider_id, number=standing.number)
    place.passed = result.passed
    return place


def _issue(session: Session, attended: TrainingClass, place: Enrolment, course: Course, name: str | None) -> str:
    earlier = store.find_latest_for_place(session, place.id)
    if earlier is not None and earlier.revoked_at is None:
        raise problems.CERTIFICATE_STANDS(number=earlier.number, certificate_id=earlier.id)
    issued = Certificate(
        id=new_id(session, f"certificate/{place.id}"),
        number=rules.certificate_number(now(session), new_id(session, f"certificate-number/{place.id}")),
        enrolment_id=place.id,
        rider_id=place.rider_id,
        class_id=attended.id,
        course_id=course.id,
        subdistrict=attended.subdistrict,
        title_zh=course.title_zh or "",
        title_en=course.title_en or "",
        issued_at=now(session),
        expires_on=rules.last_day(now(session), course.valid_days),
        replaces=None if earlier is None else earlier.id,
    )
    store.add_certificate(session, issued)
    if name is not None:
        personal.keep_name(session, str(place.rider_id), issued.id, name)
    _tell_issued(session, issued)
    return issued.id


def _tell_issued(session: Session, issued: Certificate) -> None:
    event = CertificateIssuedV1(
        subdistrict=issued.subdistrict,
        certificate_id=issued.id,
        number=issued.number,
        rider_id=str(issued.rider_id),
        class_id=issued.class_id,
        course_id=issued.course_id,
        title_zh=issued.title_zh,
        title_en=issued.title_en,
        expires_on=issued.expires_on,
    )
    emit(session, event)


def _tell_results(session: Session, ended: TrainingClass, completion: Completion) -> None:
    passed = tuple(result.rider_id for result in completion.results if result.passed)
    failed = tuple(result.rider_id for result in completion.results if not result.passed)
    emit(
        session,
        ResultsNotedV1(
            subdistrict=ended.subdistrict, class_id=ended.id, passed_rider_ids=passed, failed_rider_ids=failed
        ),
    )


def _lock_class(session: Session, principal: Principal, class_id: str) -> TrainingClass:
    found = classes.lock_class(session, class_id)
    authorize(principal, STAFF, subdistrict=found.subdistrict, hidden=NOT_FOUND(kind="class", id=class_id))
    return found


def _get_place(session: Session, class_id: str, rider_id: str) -> Enrolment:
    place = classes.find_place(session, class_id, rider_id)
    if place is None:
        raise class_problems.NOT_ENROLLED(class_id=class_id, rider_id=rider_id)
    return place


def _require_presence(place: Enrolment) -> None:
    if place.outcome != Outcome.PRESENT:
        raise problems.ATTENDANCE_NOT_CONFIRMED(class_id=place.class_id, rider_id=place.rider_id)
