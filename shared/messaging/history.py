"""The whole of a log: what was archived, then what stands in its table, in one order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Table, bindparam, delete, func, or_, select
from sqlalchemy.orm import Session

from shared.db.store import Store
from shared.events.envelope import Envelope, Event
from shared.messaging.month_files import ArchiveError, Manifest, MonthFiles
from shared.messaging.seal import Numbers, read_wire, wire_document
from shared.messaging.tables import archived_event, archived_month, event_log, head

ROWS_AT_ONCE = 1000
OF_TYPES = (
    select(event_log.c.document)
    .where(event_log.c.type.in_(bindparam("types", expanding=True)))
    .order_by(event_log.c.ordinal)
    .execution_options(yield_per=ROWS_AT_ONCE)
)
NEWEST_ARCHIVED = select(func.max(archived_event.c.id))
MONTHS = (
    select(archived_month)
    .where(archived_month.c.last_position > bindparam("above"))
    .order_by(archived_month.c.first_position)
)
E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Entry:
    """A numbered event of the log, wherever it stands."""

    id: str
    subject: str
    document: str
    numbers: Numbers


def attach(store: Store, files: MonthFiles) -> None:
    """Let every session of the store read the archive of its log."""
    store.info["archive"] = files


def archive_of(session: Session) -> MonthFiles:
    """Return the archive of the session's log; raises ArchiveError when none was attached."""
    files = session.info.get("archive")
    if not isinstance(files, MonthFiles):
        message = "events of this log were archived, and this process was given no archive to read them from"
        raise ArchiveError(message)
    return files


def list_months(session: Session, above: int = 0) -> Sequence[Row[Any]]:
    """Return the archived months that hold positions above one, oldest first."""
    return session.execute(MONTHS, {"above": above}).all()


def manifest_of(session: Session, month: Row[Any]) -> Manifest:
    """Return the manifest of an archived month; raises ArchiveError when the archive holds another or none."""
    manifest = archive_of(session).find(month.month)
    if manifest is None or manifest.sha256 != month.sha256:
        message = f"{archive_of(session).manifest_path(month.month)} is not that of the month that was archived"
        raise ArchiveError(message)
    return manifest


def archived_after(session: Session, position: int) -> Iterator[str]:
    """Yield the wire documents of archived events above a position, internal ones too, in the order of the log."""
    for month in list_months(session, position):
        yield from archive_of(session).lines(manifest_of(session, month), position + 1)


def published_after(session: Session, position: int, limit: int) -> list[str]:
    """Return published events above a position as wire documents, in the order of the log."""
    archived = (line for line in archived_after(session, position) if read_wire(line)[1].sequence is not None)
    wanted = _numbered().where(event_log.c.position > position, event_log.c.sequence.is_not(None))
    return _joined(session, list(islice(archived, limit)), wanted.order_by(event_log.c.position), limit)


def published_of_subjects(session: Session, after: Mapping[str, int], limit: int) -> list[str]:
    """Return events of subjects, each above a sequence, as wire documents, each subject's in order."""
    archived = _archived_of_subjects(session, after, limit)
    wanted = _numbered().where(_above(event_log, after)).order_by(event_log.c.subject, event_log.c.sequence)
    return _joined(session, archived, wanted, limit)


def entries(session: Session, position: int) -> Iterator[Entry]:
    """Yield the numbered events that stand in the table above a position, in order."""
    rows = _numbered().where(event_log.c.position > position).order_by(event_log.c.position)
    for row in session.execute(rows.execution_options(yield_per=ROWS_AT_ONCE)):
        yield Entry(row.id, row.subject, row.document, numbers_of(row))


def archived_entry(line: str) -> Entry:
    """Read a wire document of the archive; raises ValueError when it is none."""
    document, numbers = read_wire(line)
    envelope = Envelope.parse(document)
    return Entry(envelope.id, envelope.subject, document, numbers)


def events_told(session: Session, event_class: type[E]) -> Iterator[E]:
    """Yield the events of a class that the service has told, in the order in which it told them."""
    for _envelope, event in enveloped_told(session, event_class):
        yield event


def enveloped_told(session: Session, event_class: type[E]) -> Iterator[tuple[Envelope, E]]:
    """Yield the same events, each with the envelope that says when and why it was told."""
    yield from every_told(session, (event_class,))


def every_told(session: Session, event_classes: Iterable[type[E]]) -> Iterator[tuple[Envelope, E]]:
    """Yield the events of several classes with their envelopes, in the order in which they were told."""
    classes = {event_class.type_name(): event_class for event_class in event_classes}
    for document in _told(session, classes):
        envelope = Envelope.parse(document)
        if envelope.type in classes:
            yield envelope, classes[envelope.type].model_validate(envelope.data)


def first_of_subject(session: Session, subject: str, event_class: type[E]) -> E:
    """Return the first event of a class about a subject; raises LookupError when none was told."""
    of_class = (event_log.c.subject == subject) & (event_log.c.type == event_class.type_name())
    document = session.scalar(select(event_log.c.document).where(of_class).order_by(event_log.c.ordinal).limit(1))
    for line in [document] if document else _archived_of_subjects(session, {subject: 0}, ROWS_AT_ONCE):
        envelope = Envelope.parse(line)
        if envelope.type == event_class.type_name():
            return event_class.model_validate(envelope.data)
    raise LookupError(subject)


def seals_of(session: Session, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return the seals of those (subject, sequence) that the log holds."""
    places = set(wanted)
    subjects = {subject for subject, _ in places}
    rows = select(event_log.c.subject, event_log.c.sequence, event_log.c.seal).where(event_log.c.subject.in_(subjects))
    archived_up_to = select(func.coalesce(func.max(archived_month.c.last_position), 0)).scalar_subquery()
    # An archived event that is the last of its subject is known by its head, and no file need be read for it.
    heads = select(head.c.subject, head.c.sequence, head.c.seal).where(head.c.subject.in_(subjects))
    known = [*session.execute(rows), *session.execute(heads.where(head.c.position <= archived_up_to))]
    seals = {(row.subject, row.sequence): row.seal for row in known if (row.subject, row.sequence) in places}
    for subject, sequence in places - seals.keys():
        for line in _archived_of_subjects(session, {subject: sequence - 1}, 1):
            numbers = read_wire(line)[1]
            seals |= {(subject, sequence): numbers.seal} if numbers.sequence == sequence else {}
    return seals


def withdraw_archived(session: Session, ids: Sequence[str]) -> None:
    """Take those of the events just written out again whose ids the archive holds: they were told long ago.

    It follows the insert, which waits for a move to the archive that is under way. Ids begin with their time.
    """
    newest = session.scalar(NEWEST_ARCHIVED)
    old = [one for one in ids if newest is not None and one <= newest]
    if old:
        told = select(archived_event.c.id).where(archived_event.c.id.in_(old))
        session.execute(delete(event_log).where(event_log.c.id.in_(told)))


def numbers_of(row: Row[Any]) -> Numbers:
    """Return what the relay gave to a row of the log."""
    return Numbers(row.position, row.sequence, row.previous, row.seal)


def _numbered() -> Any:
    return select(event_log).where(event_log.c.position.is_not(None))


def _joined(session: Session, archived: list[str], wanted: Any, limit: int) -> list[str]:
    rows = session.execute(wanted.limit(limit - len(archived)))
    return [*archived, *(wire_document(row.document, numbers_of(row)) for row in rows)]


def _above(table: Table, after: Mapping[str, int]) -> ColumnElement[bool]:
    return or_(*((table.c.subject == subject) & (table.c.sequence > sequence) for subject, sequence in after.items()))


def _archived_of_subjects(session: Session, after: Mapping[str, int], limit: int) -> list[str]:
    order = (archived_event.c.subject, archived_event.c.sequence)
    wanted = select(archived_event.c.position).where(_above(archived_event, after)).order_by(*order).limit(limit)
    return [next(archived_after(session, position - 1)) for position in session.scalars(wanted).all()]


def _told(session: Session, type_names: Iterable[str]) -> Iterator[str]:
    wanted = [f'"type":"{name}"' for name in type_names]
    yield from (line for line in archived_after(session, 0) if any(one in line for one in wanted))
    yield from session.scalars(OF_TYPES, {"types": list(type_names)})
