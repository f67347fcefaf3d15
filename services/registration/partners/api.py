"""Routes of partners."""

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.registration.issuing import with_invitation
from services.registration.partners import commands, store
from services.registration.partners.models import Partner
from services.registration.partners.schemas import InvitedPartnerView, PartnerChange, PartnerDraft, PartnerView
from services.registration.ports import ports_of
from services.registration.schemas import Id
from shared.auth import STAFF, Role, authorize, scope_of
from shared.errors import NOT_FOUND
from shared.web import Caller, Cursor, Page, page_of

router = APIRouter(tags=["partners"])


@router.get("/partners")
def list_partners(call: Caller, cursor: Cursor) -> Page[PartnerView]:
    """List the partners of the own sub-district, or of all of them for who serves the district."""
    authorize(call.principal, STAFF)
    wanted = store.list_partners(scope_of(call.principal))
    return call.read(lambda session: page_of(session, wanted, key=Partner.id, cursor=cursor, view=_view))


@router.get("/partners/{partner_id}")
def show_partner(partner_id: Id, call: Caller) -> PartnerView:
    """Show a partner to itself, and to staff of its sub-district."""

    def query(session: Session) -> PartnerView:
        partner, hidden = store.get_partner(session, partner_id), NOT_FOUND(kind="partner", id=partner_id)
        readers = STAFF | {Role.PARTNER_STAFF}
        authorize(call.principal, readers, subdistrict=partner.subdistrict, owner=partner.id, hidden=hidden)
        return _view(partner)

    return call.read(query)


@router.post("/partners", status_code=201, response_model=InvitedPartnerView)
def add_partner(draft: PartnerDraft, call: Caller) -> Response:
    """Take in a partner and invite its account (administrator, district staff)."""
    answer = call.once(lambda session: commands.add_partner(session, call.principal, draft), _show_invited)
    return with_invitation(answer, ports_of(call))


@router.post("/partners/{partner_id}/invitations", status_code=201, response_model=InvitedPartnerView)
def invite_partner_again(partner_id: Id, call: Caller) -> Response:
    """Invite a partner's account anew, which lost invitation, password or authenticator."""
    answer = call.once(lambda session: commands.invite_again(session, call.principal, partner_id), _show_invited)
    return with_invitation(answer, ports_of(call))


@router.patch("/partners/{partner_id}", response_model=PartnerView)
def change_partner(partner_id: Id, change: PartnerChange, call: Caller) -> Response:
    """Change a partner's titles, or let it leave or come back (administrator, district staff)."""
    return call.act(
        lambda session: commands.change_partner(session, call.principal, partner_id, change),
        lambda session, made: _view(store.get_partner(session, made)),
    )


def _show_invited(session: Session, partner_id: str) -> InvitedPartnerView:
    account = store.get_account_of(session, partner_id)
    invitation = commands.find_invitation(session, account.id)
    return InvitedPartnerView(
        id=partner_id,
        account_id=account.id,
        invitation_id=None if invitation is None else invitation.id,
        expires_at=None if invitation is None else invitation.expires_at,
    )


def _view(partner: Partner) -> PartnerView:
    return PartnerView.model_validate(partner, from_attributes=True)
