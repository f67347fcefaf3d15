"""Whether a process lives and can work is answered also while every thread for requests is taken."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Semaphore

import pytest
from fastapi import APIRouter
from starlette.testclient import TestClient

from shared.web.app import Gateway
from tests.harness import Bench

THREADS = 40
DEADLINE_S = 60

slow = APIRouter()
begun, going = Semaphore(0), Event()


@slow.get("/slow")
def get_slow() -> None:
    """Answer once it may."""
    begun.release()
    assert going.wait(2 * DEADLINE_S)


@pytest.fixture
def http(bench: Bench) -> Iterator[TestClient]:
    """Return a client of a service all of whose threads wait for something."""
    filled = Bench(replace(bench.service, router=slow))
    going.clear()
    with TestClient(Gateway([filled.node])) as client, ThreadPoolExecutor(THREADS) as pool:
        waiting = [pool.submit(client.get, "/api/training/slow") for _ in range(THREADS)]
        assert all(begun.acquire(timeout=DEADLINE_S) for _ in range(THREADS))
        yield client
        going.set()
        assert {one.result().status_code for one in waiting} == {200}


def test_a_process_tells_that_it_lives_and_can_work(http: TestClient) -> None:
    with ThreadPoolExecutor() as pool:
        paths = ("/livez", "/readyz", "/api/training/livez", "/api/training/readyz")
        asked = {path: pool.submit(http.get, path) for path in paths}
        try:
            answered = {path: one.result(DEADLINE_S).status_code for path, one in asked.items()}
        finally:
            going.set()

    assert answered == dict.fromkeys(paths, 200)
