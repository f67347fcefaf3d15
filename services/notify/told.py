"""What events tell of the rows of notify: those of its own log, and those that it hears."""

from services.notify import rules, wording
from services.notify.models import Mute, Notice, Preference
from shared.events.envelope import Envelope
from shared.events.notify import NoticeDeliveredV1
from shared.events.registration import ConsentChangedV1, PreferencesChangedV1, RiderRegisteredV1
from shared.told import Columns, Record, Rows


def _put_into_inbox(rows: Rows, event: NoticeDeliveredV1, envelope: Envelope) -> None:
    if event.channel == rules.INBOX:
        facts = event.model_dump(exclude={"notice_id", "channel"})
        rows.put(event.notice_id, **facts, told_at=envelope.time)


def _language_told(rows: Rows, event: RiderRegisteredV1 | PreferencesChangedV1, _envelope: Envelope) -> None:
    spoken = event.language if event.language in wording.LANGUAGES else rules.DEFAULT_LANGUAGE
    _preference(rows, event.rider_id)["language"] = spoken


def _sms_allowed(rows: Rows, event: ConsentChangedV1, _envelope: Envelope) -> None:
    if event.purpose == rules.SMS_PURPOSE:
        _preference(rows, event.rider_id)["sms_allowed"] = event.granted


def _preference(rows: Rows, person_id: str) -> Columns:
    return rows.setdefault((person_id,), {"language": rules.DEFAULT_LANGUAGE, "sms_allowed": False})


def _muted(rows: Rows, event: PreferencesChangedV1, _envelope: Envelope) -> None:
    for topic, channel in rows.notes.get(event.rider_id, ()):
        del rows[event.rider_id, topic, channel]
    rows.notes[event.rider_id] = rules.mutes_of(event.muted)
    for topic, channel in rows.notes[event.rider_id]:
        rows.put(event.rider_id, topic, channel)


TOLD = (Record(model=Notice, rider="person_id", steps={NoticeDeliveredV1: _put_into_inbox}),)
HEARD = {
    "registration": (
        Record(
            model=Preference,
            key=("person_id",),
            rider="person_id",
            steps={
                RiderRegisteredV1: _language_told,
                PreferencesChangedV1: _language_told,
                ConsentChangedV1: _sms_allowed,
            },
        ),
        Record(
            model=Mute,
            key=("person_id", "topic", "channel"),
            rider="person_id",
            steps={PreferencesChangedV1: _muted},
        ),
    )
}
CHECKED = {"delivery": "notice_id channel state reason"}
UNTOLD = {
    "notice.version": "which wording of the template was the newest then",
    "notice.topic": "follows from that wording",
    "notice.critical": "follows from that wording",
    "notice.language": "what the person preferred then",
    "notice.read_at": "reading a notice leaves no event",
    "notice.archived_at": "archiving a notice leaves no event",
    "notice_parameter": "what a notice says in words; the ledger and the reports say what counts",
    "delivery.attempts": "tries leave no event",
    "delivery.due_at": "tries leave no event",
}
