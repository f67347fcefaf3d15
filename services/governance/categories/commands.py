"""What district staff may ask of the categories."""

from dataclasses import replace

from sqlalchemy.orm import Session

from services.governance.categories import problems, store
from services.governance.categories.rules import Kind
from services.governance.categories.schemas import CategoryChange, CategoryDraft
from shared.auth import Principal, Role, authorize
from shared.events.envelope import DISTRICT
from shared.events.governance import CategoryChangedV1
from shared.messaging import emit

KEEPERS = frozenset({Role.DISTRICT_STAFF, Role.ADMINISTRATOR})


def add_category(session: Session, principal: Principal, draft: CategoryDraft) -> str:
    """Add a category for the whole district; return its code."""
    authorize(principal, KEEPERS)
    catalogue = store.get_catalogue(session)
    if draft.parent is not None and draft.parent not in catalogue:
        raise problems.UNKNOWN_PARENT(parent=draft.parent)
    kind = Kind(**draft.model_dump())
    if draft.code in catalogue or not store.add_category(session, kind):
        stands = store.get_category(session, draft.code)
        raise problems.CATEGORY_EXISTS(category=stands.code, title_zh=stands.title_zh, title_en=stands.title_en)

    _tell_of(session, kind)
    return kind.code


def change_category(session: Session, principal: Principal, code: str, change: CategoryChange) -> str:
    """Change a category's titles, close it or open it again; reports that have it keep it."""
    authorize(principal, KEEPERS)
    stands = store.lock_category(session, code)
    kind = replace(stands, **change.model_dump(exclude_none=True))

    if kind != stands:
        store.change_category(session, kind)
        _tell_of(session, kind)
    return kind.code


def _tell_of(session: Session, kind: Kind) -> None:
    event = CategoryChangedV1(
        subdistrict=DISTRICT,
        category=kind.code,
        title_zh=kind.title_zh,
        title_en=kind.title_en,
        active=kind.active,
    )
    emit(session, event)
