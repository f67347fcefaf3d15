"""Bodies and views of categories."""

from typing import Annotated, Self

from pydantic import BaseModel, StringConstraints, model_validator

from services.governance.schemas import Body, Code
from shared.web.fields import wanted

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class CategoryDraft(Body):
    """A category to add."""

    code: Code
    parent: Code | None = None
    title_zh: Title
    title_en: Title


class CategoryChange(Body):
    """What to change of a category; what is left out stays. A closed category closes those under it."""

    title_zh: Title | None = None
    title_en: Title | None = None
    active: bool | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise wanted(
                "nothing_to_change", "请给出 title_zh、title_en 或 active", "give title_zh, title_en or active"
            )
        return self


class CategoryView(BaseModel):
    """A category; `open` tells whether reports may have it."""

    code: str
    parent: str | None
    title_zh: str
    title_en: str
    active: bool
    open: bool


class CategoryList(BaseModel):
    """All categories."""

    items: list[CategoryView]
    total: int
