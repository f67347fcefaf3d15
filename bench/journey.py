"""Measures how long a verification takes, from the request to the points in the balance and the notice in the inbox.

Run as `python -m bench.journey`; it needs a Docker Engine. `cheqi up --bus kafka --store postgresql` runs as it is, an
API and five workers; verifications come at a given rate, whatever becomes of those before. The server tells when each
transaction was committed, so that nothing is asked while the clock runs.
"""

import time
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeVar

import psycopg

from bench import results
from bench.hazards import plain
from bench.servers import Servers, servers
from bench.system import System
from cheqi.rehearsal.deeds import register
from cheqi.rehearsal.people import Voice, staff_of
from services.governance.categories.rules import FIRST_CATEGORIES
from shared.auth import Principal
from shared.places import communities_of, subdistricts
from tests.containers.patience import until

RATES = (25, 100, 250)
EARNING_A_DAY = 5
AT_ONCE, AT_ONCE_MAX = 8, 64
PHONES = map(str, count(18800000000))
PER_MILLE = 1000
POINTS = """SELECT cause_id, split_part(key, '/', 4), extract(epoch FROM pg_xact_commit_timestamp(xmin))
    FROM entry WHERE kind = 'award' ORDER BY 3"""
NOTICES = """SELECT person_id, extract(epoch FROM pg_xact_commit_timestamp(xmin))
    FROM notice WHERE template = 'points-awarded' ORDER BY 2"""
T = TypeVar("T")


def open_reports(voice: Voice, wanted: int) -> list[tuple[str, str]]:
    """Let as many riders as it takes report hazards that earn points; return each with its sub-district."""
    places, phones = sorted(subdistricts()), list(islice(PHONES, -(-wanted // EARNING_A_DAY)))

    def ride(number: int) -> list[tuple[str, str]]:
        place, random = places[number % len(places)], Random(phones[number])  # noqa: S311 - a seed repeats it
        rider = register(voice, place, phones[number], random)
        return [(place, _report(voice, rider, random)) for _report_of_day in range(EARNING_A_DAY)]

    return [report for reports in _side_by_side(ride, range(len(phones)), AT_ONCE) for report in reports][:wanted]


class Verification(NamedTuple):
    """When a verification was due, and when it was answered, in seconds since the epoch."""

    due: float
    answered: float


def verify_at(voice: Voice, reports: Sequence[tuple[str, str]], rate: float) -> dict[str, Verification]:
    """Verify reports, so many a second; return each by its report."""
    begun, done = time.time(), {}

    def verify(number: int) -> None:
        (place, hazard_id), due = reports[number], begun + number / rate
        time.sleep(max(0.0, due - time.time()))
        voice.give(staff_of(place), f"governance/hazards/{hazard_id}/verifications", {"severity": "high"})
        done[hazard_id] = Verification(due, time.time())

    _side_by_side(verify, range(len(reports)), AT_ONCE_MAX)
    return done


def journeys(running: Servers, done: dict[str, Verification]) -> dict[str, list[float]]:
    """Wait until all have arrived; return how many milliseconds each took to each of its stations, sorted."""
    arrived: dict[str, tuple[float, float]] = {}

    def all_arrived() -> bool:
        arrived.update(_arrivals(running))
        return arrived.keys() >= done.keys()

    until(all_arrived, 300)
    stations: dict[str, list[float]] = {"answer": [], "points": [], "notice": []}
    for hazard_id, one in done.items():
        for station, at in zip(stations, (one.answered, *arrived[hazard_id]), strict=True):
            stations[station].append((at - one.due) * 1000)
    return {station: sorted(took) for station, took in stations.items()}


def main() -> None:
    """Measure, keep the figures and print them."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rates", type=float, nargs="*", default=list(RATES))
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    figures: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        folder, running = stack.enter_context(TemporaryDirectory(prefix="cheqi-")), stack.enter_context(servers())
        system = System(running, Path(folder))
        voice = stack.enter_context(system.up())
        for rate in asked.rates * asked.rounds:
            reports = open_reports(voice, int(rate * asked.seconds))
            system.settle()
            for station, took in journeys(running, verify_at(voice, reports, rate)).items():
                for name, share in (("median", 500), ("p99", 990)):
                    figures[f"{station}, {name} at {rate:g}/s"].append(took[len(took) * share // PER_MILLE])
                results.note(f"{rate:g}/s: {station} after {took[len(took) // 2]:.0f} ms, at most {took[-1]:.0f} ms")
    results.keep("journey", "ms", figures, seconds=asked.seconds)


def _report(voice: Voice, rider: Principal, random: Random) -> str:
    community = communities_of(rider.subdistrict or "")[0].code
    point = {"lat": random.uniform(39.90, 40.05), "lon": random.uniform(116.20, 116.38), "datum": "WGS-84"}
    body = {"category": FIRST_CATEGORIES[0].code, "words": "测量", "community": community, "point": point}
    return str(voice.must(rider, "governance/hazards", body)["hazard_id"])


def _arrivals(running: Servers) -> dict[str, tuple[float, float]]:
    """Return when points and notice of each report came; a rider's notices come in the order of the rider's points."""
    awards, notices = (_rows(running, name, query) for name, query in (("rewards", POINTS), ("notify", NOTICES)))
    told: dict[str, list[float]] = defaultdict(list)
    for rider_id, at in notices:
        told[rider_id].append(float(at))
    arrived, nth = dict[str, tuple[float, float]](), defaultdict[str, int](int)
    for hazard_id, rider_id, at in awards:
        if nth[rider_id] < len(told[rider_id]):
            arrived[hazard_id] = float(at), told[rider_id][nth[rider_id]]
        nth[rider_id] += 1
    return arrived


def _rows(running: Servers, service: str, query: str) -> list[tuple[str, ...]]:
    url = running.database.address(f"cheqi_{service}").render_as_string(hide_password=False)
    with psycopg.connect(plain(url)) as connection:
        return connection.execute(query.encode()).fetchall()


def _side_by_side(deed: Callable[[int], T], numbers: range, at_once: int) -> list[T]:
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(deed, numbers))


if __name__ == "__main__":
    main()
