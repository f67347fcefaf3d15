"""What an auditor can prove of registration: riders, staff, partners, consents and the sealed log agree."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.consents.models import Consent
from services.registration.erasures.models import Erasure
from services.registration.identity.models import KnownNetwork, TokenFamily
from services.registration.registrations.models import Registration
from services.registration.riders.models import MutedNotice, Rider, RiderDetail
from services.registration.told import TOLD, UNTOLD
from shared.audit import differences_from_log, erased_that_remain
from shared.events.registration import (
    RiderErasedV1,
)
from shared.messaging.history import events_told
from shared.messaging.log import every_erased
from shared.service import Audit, Effect, Finding


def check(session: Session) -> Iterator[Finding]:
    """Find where riders, consents, offices, partners, erasures and what was told of them differ."""
    yield from differences_from_log(session, TOLD)
    yield from _check_erasures(session)


def effects(_session: Session) -> Iterator[Effect]:
    """Nothing stands in registration because of another service's event, apart from receipts."""
    yield from ()


AUDIT = Audit(check, effects, told=TOLD, untold=UNTOLD)


def _check_erasures(session: Session) -> Iterator[Finding]:
    told = {event.rider_id for event in events_told(session, RiderErasedV1)}
    kept = set(session.scalars(select(Erasure.rider_id)))
    buried = every_erased(session)
    for rider_id in sorted((told | kept) - (told & kept & buried)):
        yield Finding("erasure-differs-from-log", rider_id, f"log, erasure and tombstone of {rider_id} do not agree")
    holders = (Rider.id, RiderDetail.rider_id, MutedNotice.rider_id, Consent.rider_id, Registration.rider_id)
    yield from erased_that_remain(session, *holders, TokenFamily.person_id, KnownNetwork.person_id)
