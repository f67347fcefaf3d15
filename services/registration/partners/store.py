"""Every query on partners."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.registration.partners.models import Partner, PartnerAccount
from shared.db.locks import locked
from shared.errors import NOT_FOUND


def add_partner(session: Session, partner: Partner, account: PartnerAccount) -> None:
    """Keep a partner and its account."""
    session.add(partner)
    session.flush()
    session.add(account)
    session.flush()


def get_partner(session: Session, partner_id: str) -> Partner:
    """Return a partner; raises NOT_FOUND."""
    partner = session.get(Partner, partner_id)
    if partner is None:
        raise NOT_FOUND(kind="partner", id=partner_id)
    return partner


def lock_partner(session: Session, partner_id: str) -> Partner:
    """Return a partner that nobody else changes until the transaction ends; raises NOT_FOUND."""
    partner = session.scalar(locked(select(Partner).where(Partner.id == partner_id)))
    if partner is None:
        raise NOT_FOUND(kind="partner", id=partner_id)
    return partner


def find_partner_of(session: Session, account_id: str) -> Partner | None:
    """Return the partner that an account belongs to."""
    of_account = select(Partner).join(PartnerAccount, PartnerAccount.partner_id == Partner.id)
    return session.scalar(of_account.where(PartnerAccount.id == account_id))


def get_account_of(session: Session, partner_id: str) -> PartnerAccount:
    """Return a partner's account; raises NOT_FOUND."""
    account = session.scalar(select(PartnerAccount).where(PartnerAccount.partner_id == partner_id))
    if account is None:
        raise NOT_FOUND(kind="partner", id=partner_id)
    return account


def list_partners(subdistrict: str | None) -> Select[Partner]:
    """Select the partners of a sub-district (None: all)."""
    return select(Partner) if subdistrict is None else select(Partner).where(Partner.subdistrict == subdistrict)
