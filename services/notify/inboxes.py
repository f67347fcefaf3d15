"""The inboxes of a set of events: who may be told, and how, is read at once, and their notices are written at once."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notify import rules, wording
from services.notify.drafts import Draft
from services.notify.models import Delivery, Notice, NoticeParameter, Preference
from shared.db.sets import insert_new_rows, one_of
from shared.events.notify import NoticeDeliveredV1
from shared.messaging import emit, list_erased, new_id, now, schedule_all


class Inboxes:
    """Takes notices of persons, but of none who was erased."""

    def __init__(self, session: Session, person_ids: Collection[str]) -> None:
        self._session = session
        self._open = set(person_ids) - set(list_erased(session, person_ids))
        of_persons = one_of(session, Preference.person_id, self._open)
        chosen = session.execute(select(Preference.person_id, Preference.language).where(of_persons))
        self._languages = {row.person_id: row.language for row in chosen}
        self._taken = set[str]()
        self._notices: list[dict[str, Any]] = []
        self._parameters: list[dict[str, Any]] = []
        self._deliveries: list[dict[str, Any]] = []
        self._timers: list[tuple[str, str, datetime]] = []

    def put(self, drafts: Iterable[Draft], subdistrict: str) -> None:
        """Take the notices that the event in turn gives rise to, each once for a person, and tell of them."""
        for draft in drafts:
            if draft.person_id in self._open:
                self._put(draft, subdistrict)

    def write(self) -> None:
        """Write what was taken; a notice that stands already stays as it is."""
        insert_new_rows(self._session, Notice.table(), self._notices)
        insert_new_rows(self._session, NoticeParameter.table(), self._parameters)
        insert_new_rows(self._session, Delivery.table(), self._deliveries)
        schedule_all(self._session, self._timers)

    def _put(self, draft: Draft, subdistrict: str) -> None:
        template, moment = wording.latest(draft.template), now(self._session)
        notice_id = new_id(self._session, f"notice/{draft.template}/{draft.person_id}")
        if notice_id in self._taken:
            return
        self._taken.add(notice_id)
        self._notices.append(
            {
                "id": notice_id,
                "person_id": draft.person_id,
                "subdistrict": subdistrict,
                "template": template.key,
                "version": template.version,
                "topic": template.topic,
                "critical": template.critical,
                "language": self._languages.get(draft.person_id, rules.DEFAULT_LANGUAGE),
                "told_at": moment,
            }
        )
        self._parameters += [
            {"notice_id": notice_id, "name": name, "value": value} for name, value in draft.parameters.items()
        ]
        self._deliver(notice_id, rules.INBOX, "delivered", moment)
        if template.has_sms:
            self._deliver(notice_id, rules.SMS, "waiting", moment)
            self._timers.append(("give-up-sms", notice_id, moment + rules.sending_rule(moment).given_up_after))
        self._tell(notice_id, draft, subdistrict)

    def _deliver(self, notice_id: str, channel: str, state: str, due_at: datetime) -> None:
        attempts = int(state == "delivered")
        about = {"notice_id": notice_id, "channel": channel}
        self._deliveries.append({**about, "state": state, "attempts": attempts, "due_at": due_at})

    def _tell(self, notice_id: str, draft: Draft, subdistrict: str) -> None:
        event = NoticeDeliveredV1(
            subdistrict=subdistrict,
            notice_id=notice_id,
            person_id=draft.person_id,
            template=draft.template,
            channel=rules.INBOX,
        )
        emit(self._session, event)


@contextmanager
def inboxes_of(session: Session, person_ids: Collection[str]) -> Iterator[Inboxes]:
    """Open the inboxes of persons; what was put into them is written when the block ends."""
    inboxes = Inboxes(session, person_ids)
    yield inboxes
    inboxes.write()
