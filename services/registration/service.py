"""Registration, put together."""

from pathlib import Path

from fastapi import APIRouter

from services.registration.audit import AUDIT
from services.registration.clients import open_clients
from services.registration.codes.api import router as codes
from services.registration.codes.sms import chosen_sms
from services.registration.consents.api import router as consents
from services.registration.erasures.api import router as erasures
from services.registration.erasures.commands import FORGET_REST, erase, erase_again
from services.registration.erasures.handlers import HANDLERS
from services.registration.erasures.store import forget_rest
from services.registration.identity.api import router as identity
from services.registration.models import METADATA
from services.registration.partners.api import router as partners
from services.registration.places.api import router as places
from services.registration.ports import Ports
from services.registration.registrations.api import router as registrations
from services.registration.riders.api import router as riders
from services.registration.secrets import open_secrets
from services.registration.staff.api import router as staff
from services.registration.staff.commands import END_APPOINTMENT, end_expired_appointment
from services.registration.staff.store import list_offices
from shared.auth.tokens import SigningKeys
from shared.clock import Clock, SystemClock
from shared.messaging import Timers
from shared.random import Random
from shared.secret_files import SecretFolder
from shared.service import Service

NAME = "registration"
TIMERS: Timers = {END_APPOINTMENT: end_expired_appointment, FORGET_REST: forget_rest}
ROUTER = APIRouter()
for _noun in (places, codes, identity, registrations, consents, erasures, staff, partners, riders):
    ROUTER.include_router(_noun)


def build(ports: Ports) -> Service:
    """Return the service on what it was given."""
    return Service(
        name=NAME,
        metadata=METADATA,
        handlers=HANDLERS,
        offices=list_offices,
        timers=TIMERS,
        router=ROUTER,
        erase=erase,
        audit=AUDIT,
        ports=ports,
        erase_again=lambda session, rider_id: erase_again(session, ports, rider_id),
    )


def open_ports(folder: Path, secrets: SecretFolder, sms: str | None, clock: Clock, random: Random) -> Ports:
    """Return ports that stand on a data folder and on secrets.

    Raises ConfigurationError when no SMS adapter was chosen, before anything is made.
    """
    # How long messages lie on a disk is a matter of real time, also where the clock of a trial is set.
    channel = chosen_sms(sms, folder, SystemClock())
    return Ports(
        sms=channel,
        secrets=open_secrets(secrets),
        signing_keys=SigningKeys.open(secrets, random, clock.now()),
        random=random,
        clients=open_clients(secrets),
    )
