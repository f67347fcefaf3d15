"""Taking in partners, changing them, letting them leave."""

from sqlalchemy.orm import Session

from services.registration.identity import store as identity
from services.registration.identity.models import Invitation
from services.registration.identity.rules import Kind
from services.registration.partners import problems, store
from services.registration.partners.models import Partner, PartnerAccount
from services.registration.partners.rules import PARTNER_KINDS
from services.registration.partners.schemas import PartnerChange, PartnerDraft
from services.registration.places.terms import ensure_subdistrict
from shared.auth import Principal, Role, authorize
from shared.db.changes import give
from shared.events.envelope import DISTRICT
from shared.events.registration import PartnerChangedV1, PersonInvitedV1
from shared.messaging import emit, new_id, now

HOSTS = frozenset({Role.ADMINISTRATOR, Role.DISTRICT_STAFF})


def add_partner(session: Session, principal: Principal, draft: PartnerDraft) -> str:
    """Take in a partner with one account, and invite it to choose a password; return the partner's id."""
    authorize(principal, HOSTS)
    ensure_subdistrict(draft.subdistrict)
    if draft.kind not in PARTNER_KINDS:
        raise problems.PARTNER_KIND_UNKNOWN(partner_kind=draft.kind, kinds=list(PARTNER_KINDS))

    partner = Partner(
        id=new_id(session, "partner"),
        active=True,
        joined_at=now(session),
        **draft.model_dump(exclude={"login"}),
    )
    account = PartnerAccount(id=new_id(session, "partner-account"), partner_id=partner.id)
    store.add_partner(session, partner, account)
    identity.open_credential(session, account.id, Kind.PARTNER, draft.login)
    _tell(session, partner)
    _invite(session, principal, account)
    return partner.id


def change_partner(session: Session, principal: Principal, partner_id: str, change: PartnerChange) -> str:
    """Change a partner's titles, or let it leave or come back; return its id. One that left cannot sign in."""
    authorize(principal, HOSTS)
    partner = store.lock_partner(session, partner_id)
    if not give(partner, change.model_dump(exclude_none=True)):
        return partner.id
    if not partner.active:
        identity.revoke_tokens(session, store.get_account_of(session, partner.id).id)
    _tell(session, partner)
    return partner.id


def invite_again(session: Session, principal: Principal, partner_id: str) -> str:
    """Invite a partner's account anew, which lost invitation, password or authenticator; return the partner's id."""
    authorize(principal, HOSTS)
    partner = store.lock_partner(session, partner_id)
    account = store.get_account_of(session, partner.id)
    _invite(session, principal, account)
    return partner.id


def find_invitation(session: Session, account_id: str) -> Invitation | None:
    """Return the invitation that an account has not accepted yet."""
    return identity.find_newest_invitation(session, account_id)


def _tell(session: Session, partner: Partner) -> None:
    told = PartnerChangedV1(
        subdistrict=partner.subdistrict,
        partner_id=partner.id,
        kind=partner.kind,
        title_zh=partner.title_zh,
        title_en=partner.title_en,
        active=partner.active,
    )
    emit(session, told)


def _invite(session: Session, principal: Principal, account: PartnerAccount) -> None:
    identity.open_invitation(session, account.id, principal.actor)
    place = principal.subdistrict or DISTRICT
    emit(session, PersonInvitedV1(subdistrict=place, person_id=account.id, partner_id=account.partner_id))
