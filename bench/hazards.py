"""Hazards for benchmarks: documents as governance's relay sends them, and stores of rewards to apply them to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy.engine import make_url

from services.rewards.service import build
from shared.db.store import Store, open_store, sqlite_url
from shared.events.governance import HazardReportedV1, HazardVerifiedV1
from shared.messaging.tables import KIT
from shared.random import derived_id
from shared.service import Service
from tests.moments import NOON
from tests.publisher import Publisher

SUBDISTRICT, COMMUNITY, RIDERS = "110108005", "110108005001", 2000
AT_ONCE = 1000


def rewards() -> Service:
    """Return the service whose worker is measured."""
    return build(code_key=b"c" * 32)


def hazards(count: int, first: datetime = NOON) -> tuple[list[str], list[str]]:
    """Return so many reports, the first at that moment, and as many verifications, by riders of a district."""
    return _told(Publisher("governance"), range(count), first)


def told_together(count: int, first: datetime) -> Iterator[str]:
    """Yield reports and verifications, so many of them in all, a thousand hazards after the other."""
    publisher, numbers = Publisher("governance"), range(count // 2)
    for start in numbers[::AT_ONCE]:
        for documents in _told(publisher, numbers[start : start + AT_ONCE], first):
            yield from documents


def _told(publisher: Publisher, numbers: range, first: datetime) -> tuple[list[str], list[str]]:
    told = []
    for number in numbers:
        at = first + timedelta(milliseconds=20 * number)
        hazard_id = derived_id(at, "hazard", str(number))
        rider_id = derived_id(first, "rider", str(number * 7919 % RIDERS))
        told.append((at, {"subdistrict": SUBDISTRICT, "hazard_id": hazard_id, "rider_id": rider_id}))
    facts = {"community": COMMUNITY, "category": "fire-safety", "earns": True}
    reported = [publisher.document(HazardReportedV1(**names, **facts), at) for at, names in told]
    verified = [HazardVerifiedV1(**names, severity="high") for _, names in told]
    later = [at + timedelta(hours=1) for at, _ in told]
    return reported, [publisher.document(event, at) for event, at in zip(verified, later, strict=True)]


@contextmanager
def store_on(server: str | None, name: str) -> Iterator[Store]:
    """Open an empty store of rewards: a new database of a server, or a file when there is none."""
    with TemporaryDirectory(prefix="cheqi-") as folder:
        url = sqlite_url(Path(folder) / f"{name}.db") if server is None else new_database(server, name)
        store = open_store(url)
        KIT.create_all(store.engine)
        rewards().metadata.create_all(store.engine)
        try:
            yield store
        finally:
            store.close()


def new_database(server: str, name: str) -> str:
    """Make a database anew and return its address."""
    url = make_url(server)
    with psycopg.connect(plain(server), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return url.set(database=name).render_as_string(hide_password=False)


def plain(url: str) -> str:
    """Return a database's address as the driver takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
