"""What the log tells of the rows of registration."""

from services.registration.consents.models import Consent
from services.registration.erasures.models import Erasure
from services.registration.identity.models import Credential
from services.registration.identity.rules import Kind
from services.registration.partners.models import Partner, PartnerAccount
from services.registration.riders.models import MutedNotice, Rider, RiderDetail
from services.registration.staff.models import Appointment, StaffMember
from shared.events.envelope import Envelope
from shared.events.registration import (
    ConsentChangedV1,
    PartnerChangedV1,
    PersonInvitedV1,
    PreferencesChangedV1,
    RiderErasedV1,
    RiderMovedV1,
    RiderRegisteredV1,
    StaffAppointedV1,
    StaffEndedV1,
)
from shared.told import Record, Rows


def _registered(rows: Rows, event: RiderRegisteredV1, envelope: Envelope) -> None:
    rows.put(event.rider_id, **event.model_dump(exclude={"rider_id"}), registered_at=envelope.time)


def _moved(rows: Rows, event: RiderMovedV1, _envelope: Envelope) -> None:
    rows.put(event.rider_id, subdistrict=event.subdistrict)


def _language_chosen(rows: Rows, event: PreferencesChangedV1, _envelope: Envelope) -> None:
    rows.put(event.rider_id, language=event.language)


def _detailed(rows: Rows, event: RiderRegisteredV1, _envelope: Envelope) -> None:
    rows.put(event.rider_id)


def _muted(rows: Rows, event: PreferencesChangedV1, _envelope: Envelope) -> None:
    for pair in rows.notes.get(event.rider_id, ()):
        del rows[event.rider_id, pair]
    rows.notes[event.rider_id] = event.muted
    for pair in event.muted:
        rows.put(event.rider_id, pair)


def _consented(rows: Rows, event: ConsentChangedV1, envelope: Envelope) -> None:
    said = {"granted": event.granted, "wording": event.wording, "given_at": envelope.time}
    rows.put(event.rider_id, event.purpose, **said)


def _joined_staff(rows: Rows, event: StaffAppointedV1, envelope: Envelope) -> None:
    rows.setdefault((event.staff_id,), {"added_at": envelope.time})


def _appointed(rows: Rows, event: StaffAppointedV1, _envelope: Envelope) -> None:
    rows.put(event.appointment_id, **event.model_dump(exclude={"appointment_id"}), ended_at=None)


def _ended(rows: Rows, event: StaffEndedV1, envelope: Envelope) -> None:
    rows.put(event.appointment_id, ended_at=envelope.time)


def _partner_changed(rows: Rows, event: PartnerChangedV1, envelope: Envelope) -> None:
    rows.setdefault((event.partner_id,), {"joined_at": envelope.time})
    rows.put(event.partner_id, **event.model_dump(exclude={"partner_id"}))


def _account_invited(rows: Rows, event: PersonInvitedV1, _envelope: Envelope) -> None:
    if event.partner_id is not None:
        rows.put(event.person_id, partner_id=event.partner_id)


def _staff_login(rows: Rows, event: StaffAppointedV1, _envelope: Envelope) -> None:
    rows.put(event.staff_id, kind=Kind.STAFF.value)


def _partner_login(rows: Rows, event: PersonInvitedV1, _envelope: Envelope) -> None:
    if event.partner_id is not None:
        rows.put(event.person_id, kind=Kind.PARTNER.value)


def _erased(rows: Rows, event: RiderErasedV1, _envelope: Envelope) -> None:
    rows.put(event.rider_id, subdistrict=event.subdistrict)


TOLD = (
    Record(
        model=Rider,
        rider="id",
        steps={RiderRegisteredV1: _registered, RiderMovedV1: _moved, PreferencesChangedV1: _language_chosen},
    ),
    Record(model=RiderDetail, key=("rider_id",), steps={RiderRegisteredV1: _detailed}),
    Record(model=MutedNotice, key=("rider_id", "pair"), steps={PreferencesChangedV1: _muted}),
    Record(model=Consent, key=("rider_id", "purpose"), only="standing", steps={ConsentChangedV1: _consented}),
    Record(model=StaffMember, rider=None, steps={StaffAppointedV1: _joined_staff}),
    Record(model=Appointment, rider=None, steps={StaffAppointedV1: _appointed, StaffEndedV1: _ended}),
    Record(model=Partner, rider=None, steps={PartnerChangedV1: _partner_changed}),
    Record(model=PartnerAccount, rider=None, otherwise={}, steps={PersonInvitedV1: _account_invited}),
    Record(
        model=Credential,
        key=("person_id",),
        rider=None,
        otherwise={},
        steps={StaffAppointedV1: _staff_login, PersonInvitedV1: _partner_login},
    ),
    Record(model=Erasure, key=("rider_id",), rider=None, steps={RiderErasedV1: _erased}),
)
_SHORT = "counts for a while, then it is deleted"
_SECRET = "a secret, or the digest or hash of one"  # noqa: S105 - it says what is not compared
UNTOLD = {
    "rider.phone_digest": "a digest under a key that no audit is given",
    "rider.phone_proved_at": "the event of the sign-in tells it for all sign-ins alike",
    "rider_detail.phone": "sealed under the rider's key",
    "rider_detail.name": "sealed under the rider's key",
    "rider_detail.email": "sealed under the rider's key",
    "consent.id": "no event tells it; what stands is found by rider and purpose",
    "consent.given_through": "no event tells it",
    "registration": "each time that somebody came to be registered, told or not",
    "credential.login": "no event tells a login",
    "credential.password_hash": _SECRET,
    "credential.totp_secret": _SECRET,
    "credential.totp_step": _SECRET,
    "invitation": _SECRET,
    "token_family": _SHORT,
    "known_network": _SHORT,
    "refresh_token": _SECRET,
    "erasure.erased_at": "an erasure that is carried out again has a time of its own",
    "erasure_receipt": "when an answer came; a missing one shows in the erasure itself",
    "resting_phone": _SHORT,
    "limit_bucket": _SHORT,
    "limit_use": _SHORT,
    "code_request": _SHORT,
}
