"""Every query on partners, redemptions and wrong codes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from services.rewards.redemptions.models import Partner, Redemption, WrongCode
from shared.db.upsert import delete_unlocked, upsert
from shared.errors import NOT_FOUND


def keep_partner(session: Session, partner_id: str, subdistrict: str, *, kind: str, active: bool) -> None:
    """Keep a partner as it was told last."""
    told = {"id": partner_id, "subdistrict": subdistrict, "kind": kind, "active": active}
    upsert(session, Partner.table(), [told])


def find_partner(session: Session, partner_id: str) -> Partner | None:
    """Return a partner."""
    return session.get(Partner, partner_id)


def add_redemption(session: Session, redemption: Redemption) -> None:
    """Keep a redemption."""
    session.add(redemption)
    session.flush()


def get_redemption(session: Session, redemption_id: str) -> Redemption:
    """Return a redemption as it stands now; raises NOT_FOUND."""
    redemption = session.get(Redemption, redemption_id, populate_existing=True)
    if redemption is None:
        raise NOT_FOUND(kind="redemption", id=redemption_id)
    return redemption


def undo(session: Session, redemption_id: str, undone_at: datetime) -> bool:
    """Undo a redemption; False when it was undone before."""
    standing = (Redemption.id == redemption_id, Redemption.undone_at.is_(None))
    undone = update(Redemption).where(*standing).values(undone_at=undone_at).returning(Redemption.id)
    done = session.execute(undone.execution_options(synchronize_session=False)).all()
    get_redemption(session, redemption_id)
    return bool(done)


def list_redemptions_of(partner_id: str) -> Select[Redemption]:
    """Select what a partner has redeemed, what was undone included."""
    return select(Redemption).where(Redemption.partner_id == partner_id)


def add_wrong_code(session: Session, wrong: WrongCode, forgotten_before: datetime) -> None:
    """Note a wrong code, and forget those that do not count any more."""
    delete_unlocked(session, WrongCode.table(), WrongCode.entered_at < forgotten_before)
    session.add(wrong)


def list_wrong_codes(session: Session, person_id: str, after: datetime) -> Sequence[datetime]:
    """Return when an account entered wrong codes after a moment."""
    entered = select(WrongCode.entered_at).where(WrongCode.person_id == person_id, WrongCode.entered_at > after)
    return session.scalars(entered).all()
