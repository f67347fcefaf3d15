"""Routes of categories."""

from collections.abc import Mapping
from dataclasses import asdict

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.governance.categories import commands, store
from services.governance.categories.rules import Kind, is_open
from services.governance.categories.schemas import CategoryChange, CategoryDraft, CategoryList, CategoryView
from shared.web import Caller

router = APIRouter(tags=["categories"])


@router.get("/categories")
def list_categories(call: Caller) -> CategoryList:
    """List all categories, closed ones too: reports may still have them."""
    return call.read(_list)


@router.post("/categories", status_code=201, response_model=CategoryView)
def add_category(draft: CategoryDraft, call: Caller) -> Response:
    """Add a category (district staff)."""
    return call.once(lambda session: commands.add_category(session, call.principal, draft), _show)


@router.patch("/categories/{code}", response_model=CategoryView)
def change_category(code: str, change: CategoryChange, call: Caller) -> Response:
    """Change a category's titles, close it or open it again (district staff)."""
    return call.act(lambda session: commands.change_category(session, call.principal, code, change), _show)


def _list(session: Session) -> CategoryList:
    catalogue = store.get_catalogue(session)
    views = [_view(catalogue, code) for code in catalogue]
    return CategoryList(items=views, total=len(views))


def _show(session: Session, code: str) -> CategoryView:
    return _view(store.get_catalogue(session), code)


def _view(catalogue: Mapping[str, Kind], code: str) -> CategoryView:
    return CategoryView(**asdict(catalogue[code]), open=is_open(catalogue, code))
