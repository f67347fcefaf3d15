"""Views of photos."""

from pydantic import BaseModel


class PhotoView(BaseModel):
    """A photo that was stored; `state` is stored or used.

    `known` tells that it was sent before, `known_hazard` in which report: the caller's own, or one of the caller's
    sub-district.
    """

    photo_id: str
    state: str
    known: bool
    known_hazard: str | None


class Admitted(BaseModel):
    """The day that a photo counts for."""

    day: str
