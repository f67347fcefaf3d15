"""Names come from registration, over HTTP, with a service's own token."""

import pytest
from fastapi import FastAPI, Header, HTTPException
from starlette.testclient import TestClient

from services.training.directory import RegistrationDirectory
from shared.clock import SystemClock
from shared.web.client import Credentials, ServiceClient, ServiceUnavailableError, TokenSource

pytestmark = pytest.mark.filterwarnings("ignore:You should not use the 'timeout' argument")
NAMES = {"rider-1": "李四", "rider-2": None}


def _registration() -> FastAPI:
    app = FastAPI()

    @app.post("/api/registration/token")
    def give_token(asked: dict[str, str]) -> dict[str, object]:
        return {"access_token": asked["scope"], "expires_in": 600}

    @app.get("/api/registration/riders/{rider_id}/name")
    def show_name(rider_id: str, authorization: str = Header()) -> dict[str, str | None]:
        if authorization != "Bearer rider.name:read":
            raise HTTPException(403)
        if rider_id not in NAMES:
            raise HTTPException(404)
        return {"rider_id": rider_id, "name": NAMES[rider_id]}

    return app


def _directory(scope: str = "rider.name:read") -> RegistrationDirectory:
    http = TestClient(_registration())
    mine = Credentials(name="training", secret="s", target="registration", scope=scope)
    return RegistrationDirectory(ServiceClient(http, TokenSource(http, mine, SystemClock())))


def test_a_name_is_read_from_registration() -> None:
    assert _directory().name_of("rider-1") == "李四"


@pytest.mark.parametrize("rider_id", ["rider-2", "rider-3", "../riders/rider-1"])
def test_a_rider_without_name_and_an_unknown_one_have_none(rider_id: str) -> None:
    assert _directory().name_of(rider_id) is None


def test_a_refused_token_is_an_outage_and_not_a_missing_name() -> None:
    with pytest.raises(ServiceUnavailableError):
        _directory("another:scope").name_of("rider-1")
