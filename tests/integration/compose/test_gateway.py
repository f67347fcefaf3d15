"""People's routes answer at the gateway, and no others do; a caller cannot choose the address that limits see."""

import http.client
import json
from collections.abc import Iterator

import pytest

from shared.web.openapi import SERVICE
from tests.integration.compose.stack import SERVICES, Stack

OPERATIONS = ("/livez", "/readyz", "/metrics")
DISGUISES = (
    "//api/registration/events",
    "/api/registration//events",
    "/api/registration/./events",
    "/api/registration/x/../events",
    "/c/../api/registration/events",
    "/c/%2e%2e/api/registration/events",
    "/api/registration/%65vents",
    "/api/registration/events/",
    "/api/registration/events%2Fheads",
    "/api/registration/x/..%2fevents",
    "/api/registration/metrics%0a",
    "/api/registration/readyz%0A",
    "/api/registration/livez%0d",
    "/api/rewards/events%0a",
    "/api/rewards/audit%7f",
    "/api/registration/riders/x/phone%0a",
    "/api/registration/%0aevents",
)
ADDRESS_LIMIT = 60
CODES = "/api/registration/codes"
ASK = """
import json, sys, urllib.request

url, host, *phones = sys.argv[1:]
for number, phone in enumerate(phones):
    forged = f"203.0.113.{number}"
    named = {"Host": host, "Content-Type": "application/json", "X-Forwarded-For": forged, "X-Real-IP": forged}
    urllib.request.urlopen(urllib.request.Request(url, json.dumps({"phone": phone}).encode(), named)).close()
"""
"""Asks for codes from inside a container, each time as if for somebody else."""


def asked(stack: Stack, path: str, method: str = "GET", body: bytes | None = None) -> tuple[int, bytes]:
    """Send a path exactly as it is written, and return status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=30)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def routes(stack: Stack) -> Iterator[tuple[str, str, bool]]:
    """Return method and path of every route of every service, and whether it is for people."""
    for service in SERVICES:
        _status, described = asked(stack, f"/api/{service}/openapi.json")
        for path, methods in json.loads(described)["paths"].items():
            for method, route in methods.items():
                callers = {name for one in route.get("security", []) for name in one}
                operation = path.rpartition("/")[2] in {one.strip("/") for one in OPERATIONS}
                yield method.upper(), path.replace("{", "").replace("}", ""), not (SERVICE in callers or operation)


def is_of_gateway(status: int, body: bytes) -> bool:
    """Tell the gateway's own refusal, which says nothing, from a service's."""
    return status == http.HTTPStatus.NOT_FOUND and not body


def test_people_s_routes_answer_and_those_of_services_and_operators_do_not(stack: Stack) -> None:
    answers = {(method, path): (asked(stack, path, method), people) for method, path, people in routes(stack)}

    wrong = {
        route: status for route, ((status, body), people) in answers.items() if is_of_gateway(status, body) == people
    }
    assert wrong == {}
    assert len([1 for _, people in answers.values() if people]) > 60
    assert len([1 for _, people in answers.values() if not people]) >= 7 * len(SERVICES) + 2


@pytest.mark.parametrize("path", [*OPERATIONS, "/", "/api/stranger/x", "/api/registration", *DISGUISES])
def test_no_other_spelling_reaches_what_is_not_for_people(stack: Stack, path: str) -> None:
    status, body = asked(stack, path)

    assert status in (http.HTTPStatus.NOT_FOUND, http.HTTPStatus.BAD_REQUEST)
    assert b"ready" not in body
    assert b"Token" not in body


def test_a_caller_who_names_other_addresses_is_limited_all_the_same_and_another_caller_is_not(stack: Stack) -> None:
    site = (f"http://gateway:{stack.port}{CODES}", f"127.0.0.1:{stack.port}")
    phones = [f"1370000{number:04}" for number in range(ADDRESS_LIMIT + 5)]

    stack.inside("training", "python", "-c", ASK, *site, *phones)
    stack.inside("rewards", "python", "-c", ASK, *site, "13700009999")

    sent = {message["phone"] for message in stack.messages()}
    assert sent >= {phones[ADDRESS_LIMIT - 1], "13700009999"}
    assert sent.isdisjoint(phones[ADDRESS_LIMIT:])


@pytest.mark.parametrize(
    ("path", "size", "said"),
    [("hazards", 2_000_000, b"body-too-large"), ("photos", 9_000_000, b"photo-too-large")],
)
def test_what_is_too_large_is_refused_in_the_service_s_own_words(
    stack: Stack, path: str, size: int, said: bytes
) -> None:
    status, body = asked(stack, f"/api/governance/{path}", "POST", b"x" * size)

    assert status == http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert said in body
