"""Training, put together."""

from fastapi import APIRouter
from sqlalchemy.orm import Session

from services.training.audit import AUDIT
from services.training.certificates import api as certificates_api
from services.training.certificates import personal as certificates_personal
from services.training.certificates import public as certificates_public
from services.training.classes import api as classes_api
from services.training.classes import personal as classes_personal
from services.training.courses import api as courses_api
from services.training.courses import personal as courses_personal
from services.training.courses.handlers import HANDLERS
from services.training.directory import RiderDirectory
from services.training.models import METADATA, OFFICES
from services.training.ports import Ports
from shared.service import Service

ROUTER = APIRouter()
for _noun in (courses_api, classes_api, certificates_api):
    ROUTER.include_router(_noun.router)


def build(*, directory: RiderDirectory, public_url: str) -> Service:
    """Return the service; `public_url` is the address, without a slash at its end, that certificates show."""
    return Service(
        name="training",
        metadata=METADATA,
        handlers={**HANDLERS, **OFFICES.handlers},
        offices=OFFICES.list_offices,
        timers={},
        router=ROUTER,
        erase=erase,
        audit=AUDIT,
        ports=Ports(directory=directory, public_url=public_url),
        public=certificates_public.router,
    )


def erase(session: Session, rider_id: str) -> None:
    """Delete what is personal of a rider; what must stay stands without rider."""
    courses_personal.erase(session, rider_id)
    classes_personal.erase(session, rider_id)
    certificates_personal.erase(session, rider_id)
