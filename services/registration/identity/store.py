"""Every query on credentials, invitations and refresh tokens."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.registration.identity import problems
from services.registration.identity.models import Credential, Invitation, KnownNetwork, RefreshToken, TokenFamily
from services.registration.identity.rules import lifetime_rule
from services.registration.models import table_of
from services.registration.tokens import FreshToken
from shared.db.locks import locked
from shared.db.upsert import insert_new, upsert
from shared.messaging import new_id, now


def open_credential(session: Session, person_id: str, kind: str, login: str) -> Credential:
    """Keep a login for a person, without password yet; raises LOGIN_TAKEN."""
    row = {"person_id": person_id, "kind": kind, "login": login, "totp_step": 0}
    session.execute(insert_new(session, table_of(Credential)), [row])
    credential = find_credential(session, login)
    if credential is None or credential.person_id != person_id:
        raise problems.LOGIN_TAKEN(login=login)
    return credential


def find_credential(session: Session, login: str) -> Credential | None:
    """Return the credential of a login."""
    return session.scalar(select(Credential).where(Credential.login == login))


def find_password_hash(session: Session, login: str) -> str | None:
    """Return the hash of a login's password, None for an unknown login or one without password."""
    return session.scalar(select(Credential.password_hash).where(Credential.login == login))


def find_login_of_invited(session: Session, invitation_id: str) -> str | None:
    """Return the login that an invitation is for, None once it was accepted or replaced."""
    wanted = select(Credential.login).join(Invitation, Invitation.person_id == Credential.person_id)
    return session.scalar(wanted.where(Invitation.id == invitation_id, Invitation.used_at.is_(None)))


def find_login(session: Session, person_id: str) -> str | None:
    """Return a person's login."""
    return session.scalar(select(Credential.login).where(Credential.person_id == person_id))


def lock_credential(session: Session, person_id: str) -> Credential | None:
    """Return a person's credential, which nobody else changes until the transaction ends."""
    return session.scalar(locked(select(Credential).where(Credential.person_id == person_id)))


def open_invitation(session: Session, person_id: str, invited_by: str) -> Invitation:
    """Invite a person to choose a password; earlier invitations of the person count no more."""
    moment = now(session)
    revoke_invitations(session, person_id)
    expires_at = moment + lifetime_rule(moment).invitation
    invitation = Invitation(
        id=new_id(session, "invitation"), person_id=person_id, invited_by=invited_by, expires_at=expires_at
    )
    session.add(invitation)
    session.flush()
    return invitation


def find_open_invitation(session: Session, invitation_id: str, moment: datetime) -> Invitation | None:
    """Return an invitation that can be accepted at the moment, locked."""
    wanted = select(Invitation).where(Invitation.id == invitation_id, Invitation.used_at.is_(None))
    return session.scalar(locked(wanted.where(Invitation.expires_at > moment)))


def find_newest_invitation(session: Session, person_id: str) -> Invitation | None:
    """Return a person's invitation that nobody has accepted yet."""
    wanted = select(Invitation).where(Invitation.person_id == person_id, Invitation.used_at.is_(None))
    return session.scalar(wanted)


def revoke_invitations(session: Session, person_id: str) -> None:
    """Let the invitations that a person has not accepted count no more."""
    unused = delete(Invitation).where(Invitation.person_id == person_id, Invitation.used_at.is_(None))
    session.execute(unused)


def start_family(session: Session, fresh: FreshToken, person_id: str, kind: str, network_key: str) -> str:
    """Keep the first refresh token of a sign-in and return its family's id; forget tokens and networks long past."""
    moment = now(session)
    forget_expired(session, moment)
    _keep_network(session, person_id, network_key, moment)
    family = TokenFamily(id=new_id(session, "token-family"), person_id=person_id, kind=kind, started_at=moment)
    session.add(family)
    session.flush()
    _keep_token(session, fresh, family.id, moment)
    return family.id


def rotate_token(session: Session, presented: str, fresh: FreshToken) -> TokenFamily:
    """Let a fresh token take the place of the one presented; raises TOKEN_INVALID unless that one counts."""
    moment = now(session)
    token = locked(select(RefreshToken).where(RefreshToken.digest == presented))
    found = session.scalar(token)
    if found is None or found.used_at is not None or found.expires_at <= moment:
        raise problems.TOKEN_INVALID()
    family = get_family(session, found.family_id)
    if family.revoked_at is not None:
        raise problems.TOKEN_INVALID()

    found.used_at = moment
    _keep_token(session, fresh, family.id, moment)
    return family


def get_family(session: Session, family_id: str) -> TokenFamily:
    """Return a family of refresh tokens; raises TOKEN_INVALID."""
    family = session.get(TokenFamily, family_id)
    if family is None:
        raise problems.TOKEN_INVALID()
    return family


def revoke_family_of_used(session: Session, presented: str) -> None:
    """Revoke the family of a refresh token that was used before: one of those who hold it is a thief."""
    used = select(RefreshToken.family_id).where(RefreshToken.digest == presented, RefreshToken.used_at.is_not(None))
    family = update(TokenFamily).where(TokenFamily.id.in_(used), TokenFamily.revoked_at.is_(None))
    session.execute(family.values(revoked_at=now(session)), execution_options={"synchronize_session": False})


def revoke_tokens(session: Session, person_id: str) -> int:
    """Let no refresh token of a person count any more; return how many sign-ins ended by that."""
    family = update(TokenFamily).where(TokenFamily.person_id == person_id, TokenFamily.revoked_at.is_(None))
    return len(session.execute(family.values(revoked_at=now(session)).returning(TokenFamily.id)).all())


def forget_expired(session: Session, moment: datetime) -> None:
    """Delete refresh tokens that have expired, and families that have none left."""
    session.execute(delete(RefreshToken).where(RefreshToken.expires_at < moment))
    oldest = moment - lifetime_rule(moment).refresh
    left = select(RefreshToken.digest).where(RefreshToken.family_id == TokenFamily.id).exists()
    session.execute(delete(TokenFamily).where(TokenFamily.started_at < oldest, ~left))


def is_known_network(session: Session, person_id: str, network_key: str) -> bool:
    """Tell whether a person signed in from a network before."""
    return session.get(KnownNetwork, (person_id, network_key)) is not None


def _keep_network(session: Session, person_id: str, network_key: str, moment: datetime) -> None:
    past = moment - lifetime_rule(moment).network
    session.execute(delete(KnownNetwork).where(KnownNetwork.last_at < past))
    row = {"person_id": person_id, "network_key": network_key, "last_at": moment}
    upsert(session, table_of(KnownNetwork), [row])


def _keep_token(session: Session, fresh: FreshToken, family_id: str, moment: datetime) -> None:
    expires_at = moment + lifetime_rule(moment).refresh
    session.add(RefreshToken(digest=fresh.digest, family_id=family_id, expires_at=expires_at))
    session.flush()
