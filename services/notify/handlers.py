"""What notify does about other services' events: it tells the persons concerned, and keeps what they prefer."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.notify import drafts, rules, store, wording
from services.notify.inboxes import inboxes_of
from shared.events import governance, registration, rewards, training
from shared.events.envelope import Event
from shared.events.notify import NoticeFailedV1
from shared.messaging import Handlers, Timers, each, emit, in_turn, is_erased, together


def tell_persons(session: Session, events: Sequence[Event]) -> None:
    """Put a notice into the inbox of each person concerned, once per event and person."""
    drafted = [drafts.drafts_of(event) for event in events]
    concerned = {draft.person_id for of_event in drafted for draft in of_event}
    with inboxes_of(session, concerned) as inboxes:
        for event, of_event in zip(in_turn(session, events), drafted, strict=True):
            inboxes.put(of_event, event.subdistrict)


def welcome_rider(session: Session, event: registration.RiderRegisteredV1) -> None:
    """Keep the language in which a rider signed up, and say welcome in it."""
    if not is_erased(session, event.rider_id):
        store.open_preference(session, event.rider_id).language = _spoken(event.language)
        with inboxes_of(session, [event.rider_id]) as inboxes:
            inboxes.put(drafts.drafts_of(event), event.subdistrict)


def keep_preferences(session: Session, event: registration.PreferencesChangedV1) -> None:
    """Keep a rider's language and mutes; notices that stand keep their language."""
    if not is_erased(session, event.rider_id):
        store.open_preference(session, event.rider_id).language = _spoken(event.language)
        store.replace_mutes(session, event.rider_id, rules.mutes_of(event.muted))


def keep_consent(session: Session, event: registration.ConsentChangedV1) -> None:
    """Keep whether a rider allows text messages."""
    if event.purpose == rules.SMS_PURPOSE and not is_erased(session, event.rider_id):
        store.open_preference(session, event.rider_id).sms_allowed = event.granted


def give_up_sms(session: Session, notice_id: str) -> None:
    """Stop trying a text message that was not sent in time; the inbox has the notice."""
    delivery = store.find_delivery(session, notice_id, rules.SMS)
    if delivery is None or delivery.state not in store.SENDABLE:
        return
    notice = store.get_notice(session, notice_id)
    delivery.reason = "not-in-time" if delivery.state == "waiting" else "outcome-unknown"
    delivery.state = "failed"
    event = NoticeFailedV1(
        subdistrict=notice.subdistrict,
        notice_id=notice_id,
        person_id=notice.person_id,
        template=notice.template,
        channel=rules.SMS,
        reason=delivery.reason,
    )
    emit(session, event)


def _spoken(language: str) -> str:
    return language if language in wording.LANGUAGES else rules.DEFAULT_LANGUAGE


TELLING = together(tell_persons)
HANDLERS: Handlers = {
    registration.RiderRegisteredV1: each(welcome_rider),
    registration.PreferencesChangedV1: each(keep_preferences),
    registration.ConsentChangedV1: each(keep_consent),
    governance.HazardReportedV1: TELLING,
    governance.HazardVerifiedV1: TELLING,
    governance.HazardRejectedV1: TELLING,
    governance.HazardMergedV1: TELLING,
    rewards.PointsAwardedV1: TELLING,
    rewards.PointsReleasedV1: TELLING,
    rewards.PointsExpiredV1: TELLING,
    rewards.PointsReversedV1: TELLING,
    rewards.VoucherIssuedV1: TELLING,
    rewards.VoucherRedeemedV1: TELLING,
    rewards.VoucherRedemptionUndoneV1: TELLING,
    rewards.VoucherVoidedV1: TELLING,
    rewards.VoucherExpiredV1: TELLING,
    training.CourseOrderedV1: TELLING,
    training.ClassOpenedV1: TELLING,
    training.ClassJoinedV1: TELLING,
    training.ClassChangedV1: TELLING,
    training.CertificateIssuedV1: TELLING,
    training.CertificateRevokedV1: TELLING,
}

TIMERS: Timers = {"give-up-sms": give_up_sms}
