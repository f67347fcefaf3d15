"""Measures how long it takes to find where a photo was before: by its bands, and by comparing all of the year.

Run as `python -m bench.photo_matching [--photos 20000] [--url postgresql+psycopg://...]`, the address of an empty
database; without one it is SQLite in a folder that is not kept.
"""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.governance.photos import rules, store
from services.governance.photos.models import Photo
from services.governance.photos.rules import Sighting, Trace
from shared.db.migrate import migrate
from shared.db.store import Store, open_store, sqlite_url

HERE, NOBODY = "110108011", "a rider without photos"
NOW = datetime(2026, 9, 18, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
PROBES, AT_ONCE, BITS = 40, 1000, 64


def fill(opened: Store, count: int, random: Random) -> list[int]:
    """Let reports of one sub-district carry so many photos; return their hashes."""
    hashes = [random.getrandbits(BITS) for _ in range(count)]
    for start in range(0, count, AT_ONCE):
        with opened.write() as session:
            for number in range(start, min(start + AT_ONCE, count)):
                photo = _photo(number, hashes[number], count)
                store.add_photo(session, photo)
                store.carry(session, photo, f"hazard-{number}", HERE)
    return hashes


def by_bands(session: Session, trace: Trace) -> Sighting | None:
    """Find the same photo as the service does."""
    seen = store.list_sightings(session, trace, NOBODY, HERE, NOW - YEAR)
    return rules.earlier_sighting(trace, NOBODY, seen, rules.photo_rule(NOW))


def by_comparing_all(session: Session, trace: Trace) -> Sighting | None:
    """Find it by reading a year of the sub-district's photos."""
    near = Photo.subdistrict == HERE, Photo.stored_at >= NOW - YEAR
    wanted = select(Photo.digest, Photo.phash, Photo.rider_id, Photo.hazard_id).where(*near)
    rows = session.execute(wanted.order_by(Photo.stored_at, Photo.id))
    seen = [Sighting(Trace(row.digest, int(row.phash, 16)), row.rider_id, row.hazard_id or "") for row in rows]
    return rules.earlier_sighting(trace, NOBODY, seen, rules.photo_rule(NOW))


def measure(opened: Store, probes: list[Trace], find: Callable[[Session, Trace], Sighting | None]) -> list[str]:
    """Print the median of how long one way takes; return what it finds."""
    found, seconds = [], []
    for trace in probes:
        with opened.write() as session:
            begun = time.perf_counter()
            seen = find(session, trace)
            seconds.append(time.perf_counter() - begun)
        found.append("" if seen is None else seen.hazard_id)
    Console().print(f"{find.__name__}: median {median(seconds) * 1000:.2f} ms, worst {max(seconds) * 1000:.2f} ms")
    return found


def main() -> None:
    """Fill a store, look for photos in both ways, and see that both find the same."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--photos", type=int, default=20_000)
    asked.add_argument("--url")
    given, random = asked.parse_args(), Random(1)  # noqa: S311 - the same photos in every run
    with TemporaryDirectory(prefix="cheqi-") as folder:
        url = given.url or sqlite_url(Path(folder) / "governance.db")
        migrate(url, "services.governance")
        opened = open_store(url)
        hashes = fill(opened, given.photos, random)
        probes = [Trace("another file", _resembling(hashes[nth], nth % 12, random)) for nth in range(PROBES)]
        ways = [measure(opened, probes, find) for find in (by_comparing_all, by_bands)]
        opened.close()
    Console().print(f"both find the same: {ways[0] == ways[1]}; {sum(map(bool, ways[0]))} of {PROBES} photos are known")


def _photo(number: int, phash: int, count: int) -> Photo:
    return Photo(
        id=f"photo-{number}",
        rider_id=f"rider-{number % 500}",
        file_key=f"2026-09-18/{number}",
        digest=f"digest-{number}",
        phash=f"{phash:016x}",
        stored_at=NOW - YEAR * (count - number) / (count + 1),
    )


def _resembling(phash: int, distance: int, random: Random) -> int:
    for bit in random.sample(range(BITS), distance):
        phash ^= 1 << bit
    return phash


if __name__ == "__main__":
    main()
