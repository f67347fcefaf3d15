"""Behind a proxy a request comes from whom the proxy says, where the operator has named the proxy, and only there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from shared.settings import Settings
from tests.e2e.kill_process import Process
from tests.ports import free_port

GUESSER, OTHER = "198.51.100.7", "203.0.113.9"
WRONG_MAX = 10


@contextmanager
def answering(folder: Path, **chosen: str) -> Iterator[httpx2.Client]:
    """Run all services while the block runs, and yield a client that stands where a proxy would."""
    settings = Settings(data=folder / "data", sms="trial", port=free_port(), log_level="error")
    process = Process(folder, settings.model_copy(update=chosen))
    process.start()
    try:
        process.wait_until_ready()
        with httpx2.Client(base_url=process.address) as http:
            yield http
    finally:
        process.end()


def guess(http: httpx2.Client, address: str) -> int:
    """Try a wrong password of one login from an address, as a proxy tells it."""
    grant = {"grant_type": "password", "login": "boss", "password": "wrong", "totp": "000000"}
    return http.post("/api/registration/token", json=grant, headers={"X-Forwarded-For": address}).status_code


@pytest.mark.parametrize(("named", "elsewhere"), [({"proxies": "127.0.0.1"}, 401), ({}, 429)])
def test_who_guesses_behind_a_proxy_closes_a_login_to_nobody_else(
    tmp_path: Path, named: dict[str, str], elsewhere: int
) -> None:
    with answering(tmp_path, **named) as http:
        wrong = [guess(http, GUESSER) for _ in range(WRONG_MAX)]

        assert wrong == [401] * WRONG_MAX
        assert (guess(http, GUESSER), guess(http, OTHER)) == (429, elsewhere)
