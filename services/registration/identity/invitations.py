"""Inviting a person to choose a password and an authenticator."""

from sqlalchemy.orm import Session

from services.registration.identity import store
from shared.auth import Principal
from shared.events.envelope import DISTRICT
from shared.events.registration import CredentialsChosenV1, PersonInvitedV1
from shared.messaging import emit


def invite(session: Session, principal: Principal, person_id: str) -> None:
    """Invite a person; earlier invitations of the person count no more."""
    store.open_invitation(session, person_id, principal.actor)
    emit(session, PersonInvitedV1(subdistrict=principal.subdistrict or DISTRICT, person_id=person_id))


def tell_chosen(session: Session, person_id: str) -> None:
    """Tell that a person has chosen how to sign in."""
    emit(session, CredentialsChosenV1(subdistrict=DISTRICT, person_id=person_id))
