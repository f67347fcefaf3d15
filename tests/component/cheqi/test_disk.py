"""A disk that takes no more makes the service that writes to it unready, in words."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from cheqi.assembly import SERVICES
from cheqi.house import House
from shared.disk import FREE_MIN_BYTES, free_bytes
from shared.settings import Settings

MIB = 1024 * 1024


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(Settings(data=tmp_path, sms="trial"))
    yield house
    house.stop()


def test_a_service_whose_disk_is_full_is_not_ready_and_says_so(house: House) -> None:
    house.nodes["rewards"] = replace(house.nodes["rewards"], disk_free=lambda: 3 * MIB)
    http = TestClient(house.gateway())

    answer = http.get("/readyz")

    reason = "the disk is full: 3 MiB are left where the service writes; make room there"
    assert (answer.status_code, answer.json()["reasons"]) == (503, {"rewards": [reason]})
    assert http.get("/api/governance/readyz").status_code == 200


def test_a_service_whose_disk_does_not_answer_is_not_ready_and_says_so(house: House, tmp_path: Path) -> None:
    unreadable = tmp_path / ("n" * 300)
    node = replace(house.nodes["rewards"], disk_free=partial(free_bytes, [unreadable]))
    node.vitals["disk_free_bytes"] = node.disk_free
    house.nodes["rewards"] = node
    http = TestClient(house.gateway())

    answer, gauges = http.get("/readyz"), node.gauges()

    reason = f"the disk does not answer: File name too long; see that {unreadable} is mounted and may be read"
    assert (answer.status_code, answer.json()["reasons"]) == (503, {"rewards": [reason]})
    assert "disk_free_bytes" not in gauges
    assert "unsent_events" in gauges


@pytest.mark.parametrize(("free", "ready"), [(None, True), (FREE_MIN_BYTES, True), (FREE_MIN_BYTES - 1, False)])
def test_a_service_is_ready_while_there_is_room(house: House, free: int | None, ready: bool) -> None:  # noqa: FBT001 - a case
    node = replace(house.nodes["rewards"], disk_free=lambda: free)

    assert node.health().ready is ready


def test_every_service_of_the_data_folder_tells_what_is_left_of_its_disk(house: House) -> None:
    told = [house.nodes[name].gauges()["disk_free_bytes"] for name in SERVICES]

    assert all(free > 0 for free in told)


def test_of_folders_the_fullest_disk_counts_and_one_that_is_not_there_does_not(tmp_path: Path) -> None:
    assert free_bytes([tmp_path / "none"]) is None
    assert free_bytes([]) is None
    assert free_bytes([tmp_path, tmp_path / "none"]) is not None
    assert free_bytes([tmp_path, Path("/proc")]) == 0
