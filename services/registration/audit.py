"""What an auditor can prove of registration: riders, staff, partners, consents and the sealed log agree."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.consents.models import Consent
from services.registration.erasures.models import Erasure
from services.registration.identity.models import KnownNetwork, TokenFamily
from services.registration.partners.models import Partner
from services.registration.registrations.models import Registration
from services.registration.riders.models import MutedNotice, Rider, RiderDetail
from services.registration.staff.models import Appointment
from shared.audit import erased_that_remain
from shared.events.registration import (
    ConsentChangedV1,
    PartnerChangedV1,
    RiderErasedV1,
    RiderMovedV1,
    RiderRegisteredV1,
    StaffAppointedV1,
    StaffEndedV1,
)
from shared.messaging.history import events_told
from shared.messaging.tables import tombstone
from shared.service import Audit, Effect, Finding


def check(session: Session) -> Iterator[Finding]:
    """Find where riders, consents, offices, partners, erasures and what was told of them differ."""
    yield from _check_riders(session)
    yield from _check_consents(session)
    yield from _check_appointments(session)
    yield from _check_partners(session)
    yield from _check_erasures(session)


def effects(_session: Session) -> Iterator[Effect]:
    """Nothing stands in registration because of another service's event, apart from receipts."""
    yield from ()


AUDIT = Audit(check=check, effects=effects)


def _check_riders(session: Session) -> Iterator[Finding]:
    homes = {event.rider_id: event.subdistrict for event in events_told(session, RiderRegisteredV1)}
    homes |= {event.rider_id: event.subdistrict for event in events_told(session, RiderMovedV1)}
    for event in events_told(session, RiderErasedV1):
        homes.pop(event.rider_id, None)
    for rider in session.scalars(select(Rider)):
        told = homes.pop(rider.id, None)
        if told != rider.subdistrict:
            detail = f"rider {rider.id} belongs to {rider.subdistrict}, the log says {told}"
            yield Finding("rider-differs-from-log", rider.id, detail)
    for lost in sorted(homes):
        yield Finding("rider-missing", lost, f"the log tells of rider {lost}, who is neither there nor erased")


def _check_consents(session: Session) -> Iterator[Finding]:
    told: dict[tuple[str, str], tuple[bool, str]] = {}
    for event in events_told(session, ConsentChangedV1):
        told[event.rider_id, event.purpose] = (event.granted, event.wording)
    standing = session.scalars(select(Consent).where(Consent.standing))
    for consent in standing:
        if told.get((consent.rider_id, consent.purpose)) != (consent.granted, consent.wording):
            detail = f"consent {consent.id} to {consent.purpose} is not what the log says last"
            yield Finding("consent-differs-from-log", consent.rider_id, detail)


def _check_appointments(session: Session) -> Iterator[Finding]:
    appointed = {event.appointment_id: event for event in events_told(session, StaffAppointedV1)}
    ended = {event.appointment_id for event in events_told(session, StaffEndedV1)}
    for row in session.scalars(select(Appointment)):
        event = appointed.pop(row.id, None)
        if event is None or (event.staff_id, event.role, event.subdistrict) != (
            row.staff_id,
            row.role,
            row.subdistrict,
        ):
            yield Finding("appointment-differs-from-log", row.id, f"appointment {row.id} is not what the log says")
        if (row.id in ended) != (row.ended_at is not None):
            yield Finding(
                "appointment-differs-from-log", row.id, f"the end of appointment {row.id} differs from the log"
            )
    for lost in sorted(appointed):
        yield Finding("appointment-missing", lost, f"the log tells of appointment {lost}, which is not there")


def _check_partners(session: Session) -> Iterator[Finding]:
    told = {event.partner_id: _partner_facts(event) for event in events_told(session, PartnerChangedV1)}
    for row in session.scalars(select(Partner)):
        if told.pop(row.id, None) != _partner_facts(row):
            yield Finding("partner-differs-from-log", row.id, f"partner {row.id} is not what the log says last")
    for lost in sorted(told):
        yield Finding("partner-missing", lost, f"the log tells of partner {lost}, which is not there")


def _check_erasures(session: Session) -> Iterator[Finding]:
    told = {event.rider_id for event in events_told(session, RiderErasedV1)}
    kept = set(session.scalars(select(Erasure.rider_id)))
    buried = set(session.scalars(select(tombstone.c.rider_id)))
    for rider_id in sorted((told | kept) - (told & kept & buried)):
        yield Finding("erasure-differs-from-log", rider_id, f"log, erasure and tombstone of {rider_id} do not agree")
    holders = (Rider.id, RiderDetail.rider_id, MutedNotice.rider_id, Consent.rider_id, Registration.rider_id)
    yield from erased_that_remain(session, *holders, TokenFamily.person_id, KnownNetwork.person_id)


def _partner_facts(of: PartnerChangedV1 | Partner) -> tuple[str, str, str, str, bool]:
    return of.kind, of.title_zh, of.title_en, of.subdistrict, of.active
