"""What took effect, written by the handlers' own transactions: independent of marks, so that it can judge them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, Text
from sqlalchemy.orm import Session

from shared.db.sets import insert_rows
from shared.messaging import Handling
from shared.messaging.cause import get_causes
from shared.service import Service

METADATA = MetaData()
applied = Table(
    "sim_applied",
    METADATA,
    Column("ordinal", Integer, primary_key=True),
    Column("event_id", Text, nullable=False),
)


def recorded(service: Service) -> Service:
    """Return the service with handlers that note, in their transaction, which events they were given."""
    handlings = {handling: _recorded(handling) for handling in service.handlers.values()}
    return replace(service, handlers={event: handlings[handling] for event, handling in service.handlers.items()})


def _recorded(handling: Handling) -> Handling:
    def apply(session: Session, events: Sequence[Any]) -> None:
        insert_rows(session, applied, [{"event_id": why.causation_id} for why in get_causes(session)])
        handling.apply(session, events)

    return replace(handling, apply=apply)
