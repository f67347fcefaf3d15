"""What notify does about other services' events: it tells the persons concerned, and keeps what they prefer."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.notify import drafts, rules, store, wording
from services.notify.models import Delivery, Notice
from shared.events import governance, registration, rewards, training
from shared.events.envelope import Event
from shared.events.notify import NoticeDeliveredV1, NoticeFailedV1
from shared.messaging import Handlers, Timers, each, emit, is_erased, new_id, now, schedule


def tell_persons(session: Session, event: Event) -> None:
    """Put a notice into the inbox of each person concerned, once per event and person."""
    for draft in drafts.drafts_of(event):
        if not is_erased(session, draft.person_id):
            _tell(session, draft, event.subdistrict)


def welcome_rider(session: Session, event: registration.RiderRegisteredV1) -> None:
    """Keep the language in which a rider signed up, and say welcome in it."""
    if not is_erased(session, event.rider_id):
        store.open_preference(session, event.rider_id).language = _spoken(event.language)
        tell_persons(session, event)


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


def _tell(session: Session, draft: drafts.Draft, subdistrict: str) -> None:
    template, moment = wording.latest(draft.template), now(session)
    preference = store.find_preference(session, draft.person_id)
    notice = Notice(
        id=new_id(session, f"notice/{draft.template}/{draft.person_id}"),
        person_id=draft.person_id,
        subdistrict=subdistrict,
        template=template.key,
        version=template.version,
        topic=template.topic,
        critical=template.critical,
        language=rules.DEFAULT_LANGUAGE if preference is None else preference.language,
        told_at=moment,
    )
    deliveries = _deliveries(notice.id, moment, by_sms=template.has_sms)
    if store.open_notice(session, notice, draft.parameters, deliveries):
        if template.has_sms:
            schedule(session, "give-up-sms", notice.id, moment + rules.sending_rule(moment).given_up_after)
        emit(
            session,
            NoticeDeliveredV1(
                subdistrict=subdistrict,
                notice_id=notice.id,
                person_id=draft.person_id,
                template=template.key,
                channel=rules.INBOX,
            ),
        )


def _deliveries(notice_id: str, moment: datetime, *, by_sms: bool) -> list[Delivery]:
    inbox = Delivery(notice_id=notice_id, channel=rules.INBOX, state="delivered", attempts=1, due_at=moment)
    sms = Delivery(notice_id=notice_id, channel=rules.SMS, state="waiting", attempts=0, due_at=moment)
    return [inbox, sms] if by_sms else [inbox]


def _spoken(language: str) -> str:
    return language if language in wording.LANGUAGES else rules.DEFAULT_LANGUAGE


HANDLERS: Handlers = {
    registration.RiderRegisteredV1: each(welcome_rider),
    registration.PreferencesChangedV1: each(keep_preferences),
    registration.ConsentChangedV1: each(keep_consent),
    governance.HazardReportedV1: each(tell_persons),
    governance.HazardVerifiedV1: each(tell_persons),
    governance.HazardRejectedV1: each(tell_persons),
    governance.HazardMergedV1: each(tell_persons),
    rewards.PointsAwardedV1: each(tell_persons),
    rewards.PointsReleasedV1: each(tell_persons),
    rewards.PointsExpiredV1: each(tell_persons),
    rewards.PointsReversedV1: each(tell_persons),
    rewards.VoucherIssuedV1: each(tell_persons),
    rewards.VoucherRedeemedV1: each(tell_persons),
    rewards.VoucherRedemptionUndoneV1: each(tell_persons),
    rewards.VoucherVoidedV1: each(tell_persons),
    rewards.VoucherExpiredV1: each(tell_persons),
    training.CourseOrderedV1: each(tell_persons),
    training.ClassOpenedV1: each(tell_persons),
    training.ClassJoinedV1: each(tell_persons),
    training.ClassChangedV1: each(tell_persons),
    training.CertificateIssuedV1: each(tell_persons),
    training.CertificateRevokedV1: each(tell_persons),
}

TIMERS: Timers = {"give-up-sms": give_up_sms}
