"""What took effect, written by the handlers' own transactions: independent of marks, so that it can judge them."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, Text, insert
from sqlalchemy.orm import Session

from shared.messaging import Handling
from shared.messaging.cause import get_cause
from shared.service import Service

METADATA = MetaData()
applied = Table(
    "sim_applied",
    METADATA,
    Column("ordinal", Integer, primary_key=True),
    Column("event_id", Text, nullable=False),
)


def recorded(service: Service) -> Service:
    """Return the service with handlers that note, in their transaction, which event they were given."""
    return replace(service, handlers={event: _recorded(handling) for event, handling in service.handlers.items()})


def _recorded(handling: Handling) -> Handling:
    def apply(session: Session, event: Any) -> None:
        session.execute(insert(applied).values(event_id=get_cause(session).causation_id))
        handling.apply(session, event)

    return replace(handling, apply=apply)
