"""Signing in and out of invitations: with a code, with a password, with a refresh token."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from services.registration.clients import Client
from services.registration.codes import store as codes
from services.registration.identity import problems, rules, store
from services.registration.identity.models import Credential
from services.registration.identity.passwords import hash_of
from services.registration.identity.rules import Kind
from services.registration.limits import store as limits
from services.registration.limits.rules import limit_rule
from services.registration.partners import store as partners
from services.registration.ports import Ports
from services.registration.proofs import CodeProof, Place
from services.registration.riders import store as riders
from services.registration.secrets import Secrets
from services.registration.staff import commands as staff
from services.registration.staff import rules as office
from services.registration.staff import store as appointments
from services.registration.staff.schemas import Office
from services.registration.tokens import FreshToken
from shared.auth import Principal, Role
from shared.clock import local_day
from shared.events.envelope import DISTRICT
from shared.events.registration import CredentialsChosenV1, SignedInV1, SignedOutV1
from shared.messaging import emit, now

TOTP_SEAL = "totp"


@dataclass(frozen=True, kw_only=True)
class PasswordTry:
    """One try to sign in with a password; the keys are what limits count, `use_id` names the try."""

    login: str
    login_key: str
    login_network_key: str
    place: Place
    use_id: str


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A password that fits the hash that stood when it was compared, and the one-time password that came with it."""

    tried: PasswordTry
    password_hash: str = field(repr=False)
    totp: str = field(repr=False)


@dataclass(frozen=True)
class Entry:
    """Who signs in, how, and from where."""

    person_id: str
    kind: Kind
    method: str
    place: Place


def take_password_try(session: Session, ports: Ports, tried: PasswordTry) -> str:
    """Count a try before the password is compared; raises TOO_MANY.

    From a network that the person signed in from before, only what was tried there for this login counts.
    """
    moment, credential = now(session), store.find_credential(session, tried.login)
    rule, network_key = limit_rule(moment, ports.limits), tried.place.network_key
    known = credential is not None and store.is_known_network(session, credential.person_id, network_key)
    keys = {
        "wrong-login-network": tried.login_network_key,
        "wrong-login": tried.login_key,
        "wrong-address": tried.place.address_key,
        "wrong-network": network_key,
    }
    limits.take_use(session, rule.password_try_known if known else rule.password_try, keys, tried.use_id, moment)
    return tried.use_id


def sign_in_with_code(session: Session, proof: CodeProof, fresh: FreshToken) -> str:
    """Sign in the rider who proved to hold the phone; return the token family. Raises NOT_REGISTERED."""
    moment = now(session)
    codes.use_code(session, proof.request_id, proof.phone_digest, proof.code_digest, moment)
    limits.give_back(session, proof.use_id)
    rider = riders.find_rider_by_phone(session, proof.phone_digest)
    if rider is None:
        raise problems.NOT_REGISTERED()

    riders.prove_phone(session, rider.id, moment)
    return _start(session, Entry(rider.id, Kind.RIDER, "code", proof.place), fresh)


def sign_in_with_password(session: Session, secrets: Secrets, checked: Checked, fresh: FreshToken) -> str:
    """Sign in whoever knows password and one-time password; return the token family.

    Raises SIGN_IN_FAILED, without telling which was wrong, and NOT_IN_OFFICE. A one-time password counts once.
    """
    found = store.find_credential(session, checked.tried.login)
    credential = None if found is None else store.lock_credential(session, found.person_id)
    if credential is None or credential.password_hash != checked.password_hash or credential.totp_secret is None:
        raise problems.SIGN_IN_FAILED()
    step = rules.totp_step(secrets.open(TOTP_SEAL, credential.totp_secret), checked.totp, now(session))
    if step is None or step <= credential.totp_step:
        raise problems.SIGN_IN_FAILED()

    credential.totp_step = step
    limits.give_back(session, checked.tried.use_id)
    return _start(session, Entry(credential.person_id, Kind(credential.kind), "password", checked.tried.place), fresh)


def refresh(session: Session, presented: str, fresh: FreshToken) -> str:
    """Give the next tokens for a refresh token, which counts no more from now on; return the family.

    Raises TOKEN_INVALID, and NOT_IN_OFFICE for who holds no office now.
    """
    family = store.rotate_token(session, presented, fresh)
    person = get_principal(session, family.person_id, Kind(family.kind))
    _tell(session, person, "refresh-token")
    return family.id


def revoke_reused(session: Session, presented: str) -> str:
    """Revoke the family of a refresh token that was used before; return nothing of use."""
    store.revoke_family_of_used(session, presented)
    return ""


def sign_out(session: Session, principal: Principal) -> str:
    """End all sign-ins of the person who asks: no refresh token of the person counts any more; return the person's id.

    Where there is none to end, nothing is told.
    """
    ended = store.revoke_tokens(session, principal.id)
    if ended:
        told = SignedOutV1(subdistrict=principal.subdistrict or DISTRICT, person_id=principal.id, sign_ins=ended)
        emit(session, told)
    return principal.id


def sign_in_client(session: Session, client: Client) -> str:
    """Note in the log that a service or platform got a token; return its id."""
    _tell(session, Principal(client.id, client.role), "client-credentials")
    return client.id


def activate(session: Session, secrets: Secrets, invitation_id: str, password_hash: str, totp_secret: str) -> str:
    """Give the invited person a password and a one-time password secret; return the person's id.

    What the person had before counts no more. Raises INVITATION_INVALID.
    """
    moment = now(session)
    invitation = store.find_open_invitation(session, invitation_id, moment)
    credential = None if invitation is None else store.lock_credential(session, invitation.person_id)
    if invitation is None or credential is None:
        raise problems.INVITATION_INVALID()
    invitation.used_at = moment
    _choose(session, credential, password_hash, secrets.seal(TOTP_SEAL, totp_secret))
    emit(session, CredentialsChosenV1(subdistrict=DISTRICT, person_id=credential.person_id))
    return credential.person_id


def create_administrator(session: Session, ports: Ports, login: str, password: str) -> str:
    """Make an administrator of the district, from the command line only; return the address for the authenticator.

    Raises LOGIN_INVALID, PASSWORD_WEAK and LOGIN_TAKEN.
    """
    if not rules.is_login(login):
        raise problems.LOGIN_INVALID()
    ensure_strong(password, login)
    staff_id = staff.add_member(session, login)
    staff.add_appointment(session, staff_id, Office(role=Role.ADMINISTRATOR, subdistrict=DISTRICT))
    credential = store.lock_credential(session, staff_id)
    assert credential is not None  # noqa: S101 - add_member has just made it

    secret = rules.totp_secret(ports.random.bytes(rules.TOTP_SECRET_BYTES))
    _choose(session, credential, hash_of(password), ports.secrets.seal(TOTP_SEAL, secret))
    return rules.totp_uri(secret, login)


def ensure_strong(password: str, login: str) -> None:
    """Raise PASSWORD_WEAK for a password that is easily guessed."""
    weakness = rules.weakness(password, login)
    if weakness is not None:
        raise problems.PASSWORD_WEAK(weakness=weakness)


def get_principal(session: Session, person_id: str, kind: Kind) -> Principal:
    """Return as whom a person may act now; raises NOT_IN_OFFICE, and TOKEN_INVALID for an erased rider."""
    if kind is Kind.RIDER:
        rider = riders.find_rider(session, person_id)
        if rider is None:
            raise problems.TOKEN_INVALID()
        return Principal(rider.id, Role.RIDER, rider.subdistrict)
    found = _partner(session, person_id) if kind is Kind.PARTNER else _staff(session, person_id)
    if found is None:
        raise problems.NOT_IN_OFFICE()
    return found


def _partner(session: Session, account_id: str) -> Principal | None:
    partner = partners.find_partner_of(session, account_id)
    if partner is None or not partner.active:
        return None
    return Principal(account_id, Role.PARTNER_STAFF, partner.subdistrict, partner.id)


def _staff(session: Session, staff_id: str) -> Principal | None:
    standing = appointments.find_standing(session, staff_id)
    if standing is None or not office.holds(standing.starts_on, standing.ends_on, local_day(now(session))):
        return None
    subdistrict = None if standing.subdistrict == DISTRICT else standing.subdistrict
    return Principal(staff_id, Role(standing.role), subdistrict)


def _start(session: Session, entry: Entry, fresh: FreshToken) -> str:
    person = get_principal(session, entry.person_id, entry.kind)
    family_id = store.start_family(session, fresh, entry.person_id, entry.kind, entry.place.network_key)
    _tell(session, person, entry.method)
    return family_id


def _tell(session: Session, person: Principal, method: str) -> None:
    told = SignedInV1(subdistrict=person.subdistrict or DISTRICT, person_id=person.id, role=person.role, method=method)
    emit(session, told)


def _choose(session: Session, credential: Credential, password_hash: str, totp_secret: bytes) -> None:
    credential.password_hash, credential.totp_secret, credential.totp_step = password_hash, totp_secret, 0
    store.revoke_tokens(session, credential.person_id)
