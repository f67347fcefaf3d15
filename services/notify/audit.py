"""What an auditor can prove of notify: every notice has a delivery, and deliveries and the sealed log agree."""

from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.notify.models import Delivery, Notice
from services.notify.rules import INBOX
from services.notify.told import CHECKED, HEARD, TOLD, UNTOLD
from shared.audit import differences_from_log, erased_that_remain
from shared.events.notify import NoticeDeliveredV1, NoticeFailedV1
from shared.messaging.history import events_told
from shared.messaging.log import every_erased
from shared.service import Audit, Effect, Finding

Told = dict[tuple[str, str], str]


def check(session: Session) -> Iterator[Finding]:
    """Find notices without delivery, deliveries that differ from what was told, and what is left of the erased."""
    yield from _check_inbox(session)
    yield from _check_told(session)
    yield from differences_from_log(session, TOLD)
    yield from erased_that_remain(session, Notice.person_id)


def effects(_session: Session) -> Iterator[Effect]:
    """Notices are not compared with their causes: what a person is told of is a matter of templates."""
    yield from ()


AUDIT = Audit(check, effects, told=TOLD, heard=HEARD, checked=CHECKED, untold=UNTOLD)


def _check_inbox(session: Session) -> Iterator[Finding]:
    in_inbox = exists().where(Delivery.notice_id == Notice.id, Delivery.channel == INBOX)
    for notice_id in session.scalars(select(Notice.id).where(~in_inbox)):
        yield Finding("notice-without-delivery", notice_id, f"notice {notice_id} has no delivery to the inbox")


def _check_told(session: Session) -> Iterator[Finding]:
    erased = every_erased(session)
    told: Told = {}
    for delivered in events_told(session, NoticeDeliveredV1):
        if delivered.person_id not in erased:
            told[delivered.notice_id, delivered.channel] = "delivered"
    for failed in events_told(session, NoticeFailedV1):
        if failed.person_id not in erased:
            told[failed.notice_id, failed.channel] = failed.reason
    for row in session.scalars(select(Delivery)):
        said, stands = told.pop((row.notice_id, row.channel), None), _ended(row)
        if said != stands:
            detail = f"notice {row.notice_id} by {row.channel}: {stands or 'not ended'} here, {said or 'nothing'} told"
            yield Finding("delivery-differs-from-log", row.notice_id, detail)
    for notice_id, channel in sorted(told):
        detail = f"the log tells of notice {notice_id} by {channel}, which is not there"
        yield Finding("delivery-missing", notice_id, detail)


def _ended(delivery: Delivery) -> str | None:
    if delivery.state == "delivered" and delivery.reason is not None:
        return f"delivered ({delivery.reason})"
    return {"delivered": "delivered", "failed": delivery.reason}.get(delivery.state)
