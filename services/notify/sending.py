"""Sending text messages: claim in one transaction, call outside of any, record in another.

A crash between call and record lets the claim run out, and the message is sent again under the same reference: a
channel that knows references delivers it once, one that does not may deliver it twice, and none loses it.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from services.notify import rules, store, wording
from services.notify.channels import Message, SMSRoute, UndeliverableError
from services.notify.models import Delivery, Notice
from shared.clock import Clock
from shared.events.envelope import Envelope
from shared.events.notify import NoticeDeliveredV1, NoticeFailedV1
from shared.messaging import emit
from shared.messaging.cause import Cause, of_system
from shared.messaging.failures import place_of
from shared.messaging.history import published_of_subjects

BATCH_MAX = 20
TOLD_MAX = 10
"""More than a notice has channels, each of which is told of once."""
log = structlog.get_logger(__name__)


class Host(Protocol):
    """What sending stands on."""

    @property
    def clock(self) -> Clock:
        """The host's clock."""
        ...

    def snapshot(self) -> AbstractContextManager[Session]:
        """Open a snapshot to read from."""
        ...

    def transaction(self, cause: Cause) -> AbstractContextManager[Session]:
        """Open a transaction whose events are written with it."""
        ...


@dataclass(frozen=True)
class Claim:
    """A message that nobody else sends until the claim runs out; `attempt` tells this claim from earlier ones."""

    notice_id: str
    person_id: str
    text: str
    attempt: int


@dataclass(frozen=True)
class Outcome:
    """How a send ended: delivered, failed for good, or to be tried again; `reason` is a code."""

    reason: str | None = None
    again: bool = False


def send_due(host: Host, route: SMSRoute) -> int:
    """Send the text messages that are due, at most a batch; return how many were tried."""
    claims = _claim_due(host)
    for claim in claims:
        _record(host, claim, _send(route, claim))
    return len(claims)


def _claim_due(host: Host) -> list[Claim]:
    """Claim what is due; no transaction is opened for nothing, as its commit would wake everybody."""
    moment = host.clock.now()
    with host.snapshot() as session:
        if not store.has_due(session, rules.SMS, moment):
            return []
    with host.transaction(of_system(moment)) as session:
        due = store.list_due(session, rules.SMS, moment, BATCH_MAX)
        return [claim for delivery in due if (claim := _claim(session, delivery, moment)) is not None]


def _claim(session: Session, delivery: Delivery, moment: datetime) -> Claim | None:
    notice = store.get_notice(session, delivery.notice_id)
    told = _told(session, notice.id)
    if told is not None:
        delivery.state, delivery.reason = told
        return None
    refusal = _refusal(session, notice)
    if refusal is not None:
        _fail(session, notice, delivery, refusal)
        return None
    delivery.state, delivery.attempts = "sending", delivery.attempts + 1
    delivery.due_at = moment + rules.sending_rule(moment).claimed_for
    parameters = store.list_parameters(session, notice.id)
    text = wording.render(notice.template, notice.version, notice.language, parameters)
    return Claim(notice.id, notice.person_id, text.sms or text.title, delivery.attempts)


def _told(session: Session, notice_id: str) -> tuple[str, str | None] | None:
    """Return how the message ended as the log tells it: a store that was put back does not know any more."""
    for document in published_of_subjects(session, {notice_id: 0}, TOLD_MAX):
        envelope = Envelope.parse(document)
        if envelope.data.get("channel") == rules.SMS:
            failed = envelope.type == NoticeFailedV1.type_name()
            return ("failed", str(envelope.data["reason"])) if failed else ("delivered", None)
    return None


def _refusal(session: Session, notice: Notice) -> str | None:
    preference = store.find_preference(session, notice.person_id)
    return rules.refusal_of(
        critical=notice.critical,
        muted=store.is_muted(session, notice.person_id, notice.topic, rules.SMS),
        allowed=preference is not None and preference.sms_allowed,
    )


def _send(route: SMSRoute, claim: Claim) -> Outcome:
    try:
        phone = route.phones.phone_of(claim.person_id)
        if phone is None:
            return Outcome("no-phone")
        route.channel.send(Message(claim.notice_id, claim.person_id, phone, claim.text))
    except UndeliverableError as refused:
        return Outcome(refused.reason)
    except OSError:
        return Outcome("unreachable", again=True)
    except Exception as error:
        about = {"error": type(error).__name__, "place": place_of(error), "notice_id": claim.notice_id}
        log.error("channel failed", **about)  # noqa: TRY400 - the exception's own words may hold an address
        return Outcome("channel-failed", again=True)
    return Outcome()


def _record(host: Host, claim: Claim, outcome: Outcome) -> None:
    moment = host.clock.now()
    with host.transaction(of_system(moment)) as session:
        delivery = store.find_delivery(session, claim.notice_id, rules.SMS)
        if delivery is None or (delivery.state, delivery.attempts) != ("sending", claim.attempt):
            return
        notice = store.get_notice(session, claim.notice_id)
        following = rules.next_attempt(moment, claim.attempt) if outcome.again else None
        if outcome.reason is None:
            _deliver(session, notice, delivery)
        elif following is not None:
            delivery.state, delivery.reason, delivery.due_at = "waiting", outcome.reason, following
        else:
            _fail(session, notice, delivery, outcome.reason)


def _deliver(session: Session, notice: Notice, delivery: Delivery) -> None:
    delivery.state, delivery.reason = "delivered", None
    event = NoticeDeliveredV1(
        subdistrict=notice.subdistrict,
        notice_id=notice.id,
        person_id=notice.person_id,
        template=notice.template,
        channel=rules.SMS,
    )
    emit(session, event)


def _fail(session: Session, notice: Notice, delivery: Delivery, reason: str) -> None:
    delivery.state, delivery.reason = "failed", reason
    event = NoticeFailedV1(
        subdistrict=notice.subdistrict,
        notice_id=notice.id,
        person_id=notice.person_id,
        template=notice.template,
        channel=rules.SMS,
        reason=reason,
    )
    emit(session, event)
