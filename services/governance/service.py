"""Governance, put together."""

from fastapi import APIRouter
from sqlalchemy.orm import Session

from services.governance.audit import audit_of
from services.governance.categories import api as categories_api
from services.governance.decisions import api as decisions_api
from services.governance.hazards import api as hazards_api
from services.governance.hazards import personal as hazards_personal
from services.governance.models import METADATA, OFFICES
from services.governance.people import personal as people_personal
from services.governance.people.handlers import HANDLERS
from services.governance.photos import api as photos_api
from services.governance.photos import personal as photos_personal
from services.governance.photos.handlers import timers
from services.governance.ports import Ports
from shared.photos.decoder import inspect_apart
from shared.photos.picture import Inspect
from shared.photos.store import PhotoStore
from shared.service import Service

ROUTER = APIRouter()
for _noun in (categories_api, photos_api, hazards_api, decisions_api):
    ROUTER.include_router(_noun.router)


def build(*, photos: PhotoStore, inspect: Inspect = inspect_apart) -> Service:
    """Return the service; `photos` keeps sealed files, `inspect` looks at strangers' bytes first."""
    return Service(
        name="governance",
        metadata=METADATA,
        handlers={**HANDLERS, **OFFICES.handlers},
        offices=OFFICES.list_offices,
        timers=timers(photos),
        router=ROUTER,
        erase=erase,
        audit=audit_of(photos),
        ports=Ports(photos=photos, inspect=inspect),
    )


def erase(session: Session, rider_id: str) -> None:
    """Delete what is personal of a rider; reports stay as cases that name nobody."""
    photos_personal.erase(session, rider_id)
    hazards_personal.erase(session, rider_id)
    people_personal.erase(session, rider_id)
