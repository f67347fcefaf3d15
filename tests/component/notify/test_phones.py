"""Numbers come from registration, over HTTP, with a service's own token."""

import pytest
from fastapi import FastAPI, Header, HTTPException
from starlette.testclient import TestClient

from services.notify.phones import RegistrationPhones
from shared.clock import SystemClock
from shared.web.client import Credentials, ServiceClient, ServiceUnavailableError, TokenSource

pytestmark = pytest.mark.filterwarnings("ignore:You should not use the 'timeout' argument")
NUMBERS = {"rider-1": "13800138000", "rider-2": None}


def _registration() -> FastAPI:
    app = FastAPI()

    @app.post("/api/registration/token")
    def give_token(asked: dict[str, str]) -> dict[str, object]:
        return {"access_token": asked["scope"], "expires_in": 600}

    @app.get("/api/registration/riders/{rider_id}/phone")
    def show_phone(rider_id: str, authorization: str = Header()) -> dict[str, str | None]:
        if authorization != "Bearer rider.phone:read":
            raise HTTPException(403)
        if rider_id not in NUMBERS:
            raise HTTPException(404)
        return {"rider_id": rider_id, "phone": NUMBERS[rider_id]}

    return app


def _phones(scope: str = "rider.phone:read") -> RegistrationPhones:
    http = TestClient(_registration())
    mine = Credentials(name="notify", secret="s", target="registration", scope=scope)
    return RegistrationPhones(ServiceClient(http, TokenSource(http, mine, SystemClock())))


def test_a_number_is_read_from_registration() -> None:
    assert _phones().phone_of("rider-1") == "13800138000"


@pytest.mark.parametrize("rider_id", ["rider-2", "rider-3", "../riders/rider-1"])
def test_a_rider_without_number_and_an_unknown_one_have_none(rider_id: str) -> None:
    assert _phones().phone_of(rider_id) is None


def test_a_refused_token_is_an_outage_and_not_a_missing_number() -> None:
    with pytest.raises(ServiceUnavailableError):
        _phones("another:scope").phone_of("rider-1")
