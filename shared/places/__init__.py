"""Haidian's 29 sub-districts and townships and their 678 communities, read-only (statistics bureau, 2023 edition)."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Place:
    """A sub-district or a community, by its statistical code; `within` is the code of what it lies in."""

    code: str
    name_zh: str
    within: str


class UnknownPlaceError(LookupError):
    """No such sub-district or community in Haidian."""


@cache
def subdistricts() -> dict[str, Place]:
    """Return the 29 sub-districts by code."""
    return {row["code"]: Place(row["code"], row["name_zh"], "110108") for row in _rows("haidian-subdistricts.csv")}


@cache
def communities() -> dict[str, Place]:
    """Return the 678 communities by code."""
    rows = _rows("haidian-communities.csv")
    return {row["code"]: Place(row["code"], row["name_zh"], row["subdistrict_code"]) for row in rows}


def get_subdistrict(code: str) -> Place:
    """Return a sub-district; raises UnknownPlaceError."""
    return _known(subdistricts(), code, "sub-district")


def get_community(code: str) -> Place:
    """Return a community; raises UnknownPlaceError."""
    return _known(communities(), code, "community")


def communities_of(subdistrict: str) -> list[Place]:
    """Return the communities of a sub-district in the order of their codes."""
    return [place for place in communities().values() if place.within == subdistrict]


def _known(places: dict[str, Place], code: str, kind: str) -> Place:
    try:
        return places[code]
    except KeyError:
        message = f"{code!r} is no {kind} of Haidian; choose a code from the list of places"
        raise UnknownPlaceError(message) from None


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
