"""Routes of points: balance, statement, reversal."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from services.rewards.ledger import commands, rules, statement, store
from services.rewards.ledger.models import Balance, Entry
from services.rewards.ledger.schemas import BalanceView, EntryView, Reversal, ReversalView, StatementView
from services.rewards.schemas import Id
from shared.auth import STAFF, Role, authorize
from shared.errors import NOT_FOUND
from shared.web import Call, Caller, Cursor, page_of
from shared.web.moments import Moment

router = APIRouter(tags=["points"])

AsOf = Annotated[Moment | None, Query()]


@router.get("/riders/me/balance")
def show_balance(call: Caller) -> BalanceView:
    """Show the rider's points, level, and what expires next."""
    authorize(call.principal, {Role.RIDER})
    return call.read(lambda session: _balance_view(session, call))


@router.get("/riders/me/statement")
def show_own_statement(call: Caller, cursor: Cursor, as_of: AsOf = None) -> StatementView:
    """Show the rider's accounts as of a moment, and the entries that led there."""
    authorize(call.principal, {Role.RIDER})
    moment = as_of or call.now
    return call.read(lambda session: _statement(session, call.principal.id, moment, cursor))


@router.get("/riders/{rider_id}/statement")
def show_statement(rider_id: Id, call: Caller, cursor: Cursor, as_of: AsOf = None) -> StatementView:
    """Show a rider's accounts to the staff of the rider's sub-district."""
    moment = as_of or call.now

    def query(session: Session) -> StatementView:
        balance, hidden = store.find_balance(session, rider_id), NOT_FOUND(kind="rider", id=rider_id)
        authorize(call.principal, STAFF, subdistrict=_place_of(balance), hidden=hidden)
        if balance is None:
            raise hidden
        return _statement(session, rider_id, moment, cursor)

    return call.read(query)


@router.post("/entries/{entry_id}/reversals", status_code=201, response_model=ReversalView)
def reverse_entry(entry_id: Id, order: Reversal, call: Caller) -> Response:
    """Take an award back by a reversing entry (district staff), as long as nothing of it was used."""
    return call.once(lambda session: commands.reverse_entry(session, call.principal, entry_id, order), _show_reversal)


def _place_of(balance: Balance | None) -> str:
    """Return the sub-district whose staff may see an account; none of them where it is not known yet."""
    return "" if balance is None else balance.subdistrict or ""


def _balance_view(session: Session, call: Call) -> BalanceView:
    rider_id, now = call.principal.id, call.now
    balance, lots = store.find_balance(session, rider_id), store.list_lots(session, rider_id, now)
    earned = 0 if balance is None else balance.earned_total
    next_at = lots[0].expires_at if lots else None
    return BalanceView(
        available=rules.spendable(lots, now),
        held=0 if balance is None else balance.held,
        reserved=0 if balance is None else balance.reserved,
        earned_total=earned,
        level=rules.level_of(earned, now),
        next_level_at=rules.next_level_at(earned, now),
        next_expiry_at=next_at,
        next_expiry_points=sum(lot.left for lot in lots if lot.expires_at == next_at),
    )


def _statement(session: Session, rider_id: str, moment: datetime, cursor: Cursor) -> StatementView:
    wanted = statement.list_entries(rider_id, moment)
    entries = page_of(session, wanted, key=Entry.id, cursor=cursor, view=partial(_entry_view, session))
    sums = statement.sums_as_of(session, rider_id, moment)
    return StatementView(rider_id=rider_id, as_of=moment, entries=entries, **sums)


def _entry_view(session: Session, entry: Entry) -> EntryView:
    facts = {name: getattr(entry, name) for name in ("id", "time", "kind", "cause_kind", "cause_id", "reverses")}
    return EntryView(**facts, **statement.changes_of(session, entry))


def _show_reversal(session: Session, entry_id: str) -> ReversalView:
    entry = store.get_entry(session, entry_id)
    changes = statement.changes_of(session, entry)
    return ReversalView(id=entry.id, reverses=entry.reverses, time=entry.time, points=changes["available"])
