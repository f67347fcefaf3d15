"""Reading back what rewards has told, for the audit."""

from collections.abc import Iterator
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.events.envelope import Envelope, Event
from shared.messaging.tables import event_log

ROWS_AT_ONCE = 1000
E = TypeVar("E", bound=Event)


def told(session: Session, event_class: type[E]) -> Iterator[tuple[Envelope, E]]:
    """Yield the events of a class in the order in which they were told."""
    wanted = select(event_log.c.document).where(event_log.c.type == event_class.type_name())
    for document in session.scalars(wanted.order_by(event_log.c.ordinal).execution_options(yield_per=ROWS_AT_ONCE)):
        envelope = Envelope.parse(document)
        yield envelope, event_class.model_validate(envelope.data)
