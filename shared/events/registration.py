"""What registration tells: who rides, who serves, which partners take part. No name, no phone."""

from datetime import date

from shared.events.envelope import Event


class RiderRegisteredV1(Event, source="registration", subject="rider_id"):
    """A rider signed up, or was signed up by staff."""

    rider_id: str
    platform: str
    language: str


class RiderMovedV1(Event, source="registration", subject="rider_id"):
    """A rider belongs to another sub-district from now on; `subdistrict` is the new one."""

    rider_id: str
    previous_subdistrict: str


class RiderErasedV1(Event, source="registration", subject="rider_id"):
    """A rider is to be forgotten: every service destroys the rider's key and rows, and answers."""

    rider_id: str


class PreferencesChangedV1(Event, source="registration", subject="rider_id"):
    """A rider chose a language and which notices to have; `muted` holds `topic:channel` pairs."""

    rider_id: str
    language: str
    muted: tuple[str, ...] = ()


class ConsentChangedV1(Event, source="registration", subject="rider_id"):
    """A rider gave or withdrew consent to a purpose, as worded in `wording`."""

    rider_id: str
    purpose: str
    granted: bool
    wording: str


class StaffAppointedV1(Event, source="registration", subject="staff_id"):
    """A person holds an office for the sub-district (or the district, code 110108) from a day on."""

    staff_id: str
    appointment_id: str
    role: str
    starts_on: date
    ends_on: date | None = None


class StaffEndedV1(Event, source="registration", subject="staff_id"):
    """An appointment ended."""

    staff_id: str
    appointment_id: str
    role: str


class PartnerChangedV1(Event, source="registration", subject="partner_id"):
    """A partner joined, changed or left; the titles are published by staff."""

    partner_id: str
    kind: str
    title_zh: str
    title_en: str
    active: bool


class SignedInV1(Event, source="registration", subject="person_id", internal=True):
    """A person got a token pair."""

    person_id: str
    role: str
    method: str


class SignedOutV1(Event, source="registration", subject="person_id", internal=True):
    """A person ended all own sign-ins; `sign_ins` tells how many."""

    person_id: str
    sign_ins: int


class RiderDetailsChangedV1(Event, source="registration", subject="rider_id", internal=True):
    """A rider's own details were changed; `fields` names them, never their values."""

    rider_id: str
    fields: tuple[str, ...]


class PersonInvitedV1(Event, source="registration", subject="person_id", internal=True):
    """Staff or an account of the partner `partner_id` was invited to choose a password; earlier ones count no more."""

    person_id: str
    partner_id: str | None = None


class CredentialsChosenV1(Event, source="registration", subject="person_id", internal=True):
    """A person chose a password and an authenticator; earlier ones count no more."""

    person_id: str
