"""Views of places and platforms."""

from pydantic import BaseModel


class PlaceView(BaseModel):
    """A sub-district or a community."""

    code: str
    name_zh: str


class PlatformView(BaseModel):
    """A platform company."""

    code: str
    title_zh: str
    title_en: str
