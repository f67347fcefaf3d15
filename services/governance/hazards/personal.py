"""What is personal in reports: words and exact place (table `hazard_content`), and whose reports they are."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.governance.hazards import rules
from services.governance.hazards.models import EarningDay, Hazard, HazardContent
from services.governance.hazards.rules import NearRule
from services.governance.states import OPEN
from shared.geo import Point, cell, cells_around
from shared.keys.ring import KeyDestroyedError
from shared.messaging import keys

NEAR_MAX = 10
LOOKED_AT_MAX = 100


@dataclass(frozen=True)
class Content:
    """What a rider told: words, the place in WGS-84, and how well the phone knew it, in metres."""

    words: str
    point: Point
    accuracy_m: float | None


@dataclass(frozen=True)
class Neighbour:
    """A report that lies near another one."""

    hazard: Hazard
    distance_m: int


def keep_content(session: Session, rider_id: str, hazard_id: str, content: Content) -> None:
    """Keep what a report tells, in place of what it told before. Raises KeyDestroyedError for an erased rider."""
    point = content.point
    place = json.dumps({"lat": point.lat, "lon": point.lon, "accuracy_m": content.accuracy_m})
    kept = HazardContent(
        hazard_id=hazard_id,
        rider_id=rider_id,
        cell=cell(point),
        words=keys(session).seal_text(rider_id, f"hazard_content.words/{hazard_id}", content.words),
        place=keys(session).seal_text(rider_id, f"hazard_content.place/{hazard_id}", place),
    )
    session.merge(kept)


def find_content(session: Session, hazard_id: str) -> Content | None:
    """Return what a report tells, None once its rider was erased."""
    kept = session.get(HazardContent, hazard_id)
    return None if kept is None else _opened(session, kept)


def list_near(session: Session, hazard: Hazard, rule: NearRule) -> list[Neighbour]:
    """Return the open reports of the same category and sub-district made before and nearby, the nearest first."""
    here = find_content(session, hazard.id)
    if here is None:
        return []
    near = [
        Neighbour(other, distance_m)
        for other, there in _candidates(session, hazard, here, rule)
        if (distance_m := rules.nearness_m(rule, here.point, there)) is not None
    ]
    return sorted(near, key=lambda found: (found.distance_m, found.hazard.id))[:NEAR_MAX]


def erase(session: Session, rider_id: str) -> None:
    """Delete what the rider told and counted; reports stay as cases without rider, photo or content."""
    session.execute(delete(HazardContent).where(HazardContent.rider_id == rider_id))
    session.execute(delete(EarningDay).where(EarningDay.rider_id == rider_id))
    session.execute(update(Hazard).where(Hazard.rider_id == rider_id).values(rider_id=None, photo_id=None))


def _candidates(session: Session, hazard: Hazard, here: Content, rule: NearRule) -> Iterator[tuple[Hazard, Point]]:
    wanted = (
        select(Hazard, HazardContent)
        .join(HazardContent, HazardContent.hazard_id == Hazard.id)
        .where(
            HazardContent.cell.in_(sorted(cells_around(here.point, rule.radius_m))),
            Hazard.subdistrict == hazard.subdistrict,
            Hazard.category == hazard.category,
            Hazard.state.in_(sorted(OPEN)),
            Hazard.reported_at.between(hazard.reported_at - rule.within, hazard.reported_at),
            Hazard.id != hazard.id,
        )
        .order_by(Hazard.reported_at.desc(), Hazard.id.desc())
    )
    found = session.execute(wanted.limit(LOOKED_AT_MAX)).all()
    keys(session).look_up({kept.rider_id for _other, kept in found})
    for other, kept in found:
        with suppress(KeyDestroyedError):
            yield other, _place(session, kept)[0]


def _opened(session: Session, kept: HazardContent) -> Content | None:
    try:
        words = keys(session).open_text(kept.rider_id, f"hazard_content.words/{kept.hazard_id}", kept.words)
        return Content(words, *_place(session, kept))
    except KeyDestroyedError:
        return None


def _place(session: Session, kept: HazardContent) -> tuple[Point, float | None]:
    """Return the place of a report, and how well the phone knew it. Raises KeyDestroyedError."""
    place = json.loads(keys(session).open_text(kept.rider_id, f"hazard_content.place/{kept.hazard_id}", kept.place))
    return Point(place["lat"], place["lon"]), place["accuracy_m"]
