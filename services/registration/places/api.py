"""Open routes from which a sign-up form is filled; they change with a new edition only, so they may be kept a day."""

from fastapi import APIRouter, Response

from services.registration.places.rules import PLATFORMS
from services.registration.places.schemas import PlaceView, PlatformView
from services.registration.places.terms import ensure_subdistrict
from services.registration.schemas import PlaceCode
from shared.places import Place, communities_of, subdistricts

KEPT = "public, max-age=86400"
router = APIRouter(tags=["places"])


@router.get("/places/subdistricts")
def list_subdistricts(response: Response) -> list[PlaceView]:
    """List the 29 sub-districts."""
    response.headers["Cache-Control"] = KEPT
    return [_view(place) for place in subdistricts().values()]


@router.get("/places/subdistricts/{code}/communities")
def list_communities(code: PlaceCode, response: Response) -> list[PlaceView]:
    """List the communities of a sub-district."""
    ensure_subdistrict(code)
    response.headers["Cache-Control"] = KEPT
    return [_view(place) for place in communities_of(code)]


@router.get("/platforms")
def list_platforms(response: Response) -> list[PlatformView]:
    """List the platform companies."""
    response.headers["Cache-Control"] = KEPT
    return [PlatformView.model_validate(platform, from_attributes=True) for platform in PLATFORMS.values()]


def _view(place: Place) -> PlaceView:
    return PlaceView(code=place.code, name_zh=place.name_zh)
