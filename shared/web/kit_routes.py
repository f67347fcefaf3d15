"""Routes that every service has for other services, for operators and for auditors."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain, repeat
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.requests import Request

from shared.messaging.source import PAGE_MAX, SUBJECTS_MAX
from shared.web.call import Call, ServiceCaller
from shared.web.metrics import MEDIA_TYPE as SCRAPED
from shared.web.metrics import exposition

ND_JSON = "application/x-ndjson"
Reader = Annotated[Call, ServiceCaller("events:read")]
Auditor = Annotated[Call, ServiceCaller("audit:read")]
POSITION_MAX = 2**63 - 1
Above = Annotated[int, Query(ge=0, le=POSITION_MAX)]
AboveThat = Annotated[int, Field(ge=0, le=POSITION_MAX)]
Subject = Annotated[str, Field(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]

router = APIRouter(tags=["operation"])


class EventQuery:
    """Which events are asked for: above a position, or of subjects, each above the sequence at the same place."""

    def __init__(
        self,
        subject: Annotated[list[Subject], Query(max_length=SUBJECTS_MAX)] = [],  # noqa: B006 - read only
        after: Above = 0,
        after_sequence: Annotated[list[AboveThat], Query(max_length=SUBJECTS_MAX)] = [],  # noqa: B006 - read only
        limit: Limit = PAGE_MAX,
    ) -> None:
        self.subjects = dict(zip(subject, chain(after_sequence, repeat(0)), strict=False))
        self.after, self.limit = after, limit


@router.get("/livez")
async def get_livez() -> dict[str, str]:
    """Tell that the process answers, also where no thread is free."""
    return {"status": "alive"}


@router.get("/readyz")
async def get_readyz(request: Request, response: Response) -> dict[str, object]:
    """Tell whether the service can do its work, and why not (503)."""
    health = await asyncio.to_thread(request.app.state.host.health)
    response.status_code = 200 if health.ready else 503
    return {"ready": health.ready, "reasons": health.reasons}


@router.get("/metrics")
def get_metrics(request: Request) -> Response:
    """Return what Prometheus scrapes."""
    return Response(exposition([request.app.state.metrics]), media_type=SCRAPED)


@router.get("/events/heads")
def get_event_heads(call: Reader, after: Above = 0, limit: Limit = PAGE_MAX) -> Response:
    """Return the heads whose position is above `after`, one JSON object a line."""
    heads = call.host.log.heads(after, limit)
    return Response("".join(json.dumps(asdict(head)) + "\n" for head in heads), media_type=ND_JSON)


@router.get("/events")
def get_events(call: Reader, asked: Annotated[EventQuery, Depends()]) -> Response:
    """Return published events of the log, or of some subjects, one document a line."""
    log = call.host.log
    documents = log.of_subjects(asked.subjects, asked.limit) if asked.subjects else log.after(asked.after, asked.limit)
    return Response("".join(f"{document}\n" for document in documents), media_type=ND_JSON)


@router.get("/audit/findings")
def get_findings(call: Auditor) -> StreamingResponse:
    """Return what does not agree within the service, one JSON object a line; nothing where all agrees."""
    return StreamingResponse(_findings(call), media_type=ND_JSON)


@router.get("/audit/effects")
def get_effects(call: Auditor) -> StreamingResponse:
    """Return what stands here because of other services' events, one JSON object a line."""
    return StreamingResponse(_effects(call), media_type=ND_JSON)


def _findings(call: Call) -> Iterator[str]:
    with call.host.snapshot() as session:
        for finding in call.host.service.audit.check(session):
            yield json.dumps(asdict(finding)) + "\n"


def _effects(call: Call) -> Iterator[str]:
    with call.host.snapshot() as session:
        for effect in call.host.service.audit.effects(session):
            yield json.dumps(asdict(effect)) + "\n"
