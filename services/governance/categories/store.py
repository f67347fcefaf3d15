"""Every query on categories."""

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.governance.categories.models import Category
from services.governance.categories.rules import FIRST_CATEGORIES, Kind
from shared.db.locks import locked
from shared.db.upsert import insert_new, upsert
from shared.errors import NOT_FOUND


def get_catalogue(session: Session) -> dict[str, Kind]:
    """Return all categories by code: the first ones, with what staff added and changed since."""
    changed = {row.code: _kind(row) for row in session.scalars(select(Category).order_by(Category.code))}
    return {kind.code: kind for kind in FIRST_CATEGORIES} | changed


def get_category(session: Session, code: str) -> Kind:
    """Return a category; raises NOT_FOUND."""
    kind = get_catalogue(session).get(code)
    if kind is None:
        raise NOT_FOUND(kind="category", id=code)
    return kind


def lock_category(session: Session, code: str) -> Kind:
    """Return a category that nobody else changes until the transaction ends; raises NOT_FOUND."""
    session.execute(insert_new(session, Category.table()), [asdict(get_category(session, code))])
    row = session.scalars(locked(select(Category).where(Category.code == code))).one()
    return _kind(row)


def add_category(session: Session, kind: Kind) -> bool:
    """Keep a new category; tell whether it was new."""
    added = insert_new(session, Category.table()).returning(Category.code)
    return bool(session.execute(added, [asdict(kind)]).all())


def change_category(session: Session, kind: Kind) -> None:
    """Keep a category as it is from now on."""
    upsert(session, Category.table(), [asdict(kind)])


def _kind(row: Category) -> Kind:
    return Kind(row.code, row.parent, row.title_zh, row.title_en, row.active)
