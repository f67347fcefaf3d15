"""One trace leads from a request through the logs of three services to the last consumer, over real HTTP."""

from collections.abc import Iterator

import pytest

from cheqi.demo.day import Day, until_true
from cheqi.demo.hazards import HAZARDS
from cheqi.demo.inbox import until_notices
from cheqi.demo.points import BALANCE, until_points
from tests.collector import Collector, Received, collecting
from tests.e2e.town import CRITICAL, new_rider, opened_town, sight, verify

SERVER, CONSUMER = 2, 5
LOW = 5
WORDS = "井盖松动，我的电话 13812345678"
TOLD = frozenset({"Welcome to Cheqi", "Report received", "Report verified", "Points awarded"})


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Return a collector of traces."""
    with collecting() as opened:
        yield opened


@pytest.fixture(scope="module")
def town(collector: Collector) -> Iterator[Day]:
    """Return a town whose services record every trace."""
    with opened_town(traces_url=collector.address) as day:
        yield day


def way(span: Received, spans: list[Received]) -> list[str]:
    """Return the services that a trace went through on its way to a span, by the parents of the spans."""
    above = {one.span_id: one for one in spans}
    passed = [span.service]
    while span.parent_id:
        span = above[span.parent_id]
        passed.append(span.service)
    return passed[::-1]


def ways(collector: Collector, trace_id: str) -> list[list[str]]:
    """Return the way to each consumer of a trace."""
    spans = collector.trace(trace_id)
    return [way(span, spans) for span in spans if span.kind == CONSUMER]


def test_a_verified_report_is_one_trace_from_the_request_to_points_and_inbox(town: Day, collector: Collector) -> None:
    rider = new_rider(town, language="en")
    report = town[rider].post(HAZARDS, sight(words=WORDS).draft())
    answer = town["shuguang"].command(f"{HAZARDS}/{report['hazard_id']}/verifications", {"severity": "critical"})
    until_points(town, rider, available=CRITICAL)
    until_notices(town, rider, TOLD)

    trace_id = answer.headers["X-Request-Id"]
    three = ["governance", "rewards", "notify"]
    until_true("the way of the trace", lambda: ways(collector, trace_id), lambda found: three in found)
    spans = collector.trace(trace_id)

    (asked,) = [span for span in spans if span.kind == SERVER]
    assert (asked.service, asked.name) == ("governance", "POST /hazards/{hazard_id}/verifications")
    assert asked.parent_id == ""
    assert asked.attributes["http.response.status_code"] == 201
    assert [span.name for span in spans if span.parent_id == asked.span_id and span.service == "governance"] == [
        "transaction"
    ]
    assert ["governance", "notify"] in ways(collector, trace_id)
    assert not any(span.failed for span in spans)


def test_no_trace_holds_a_phone_a_name_or_a_rider_s_words(town: Day, collector: Collector) -> None:
    rider = new_rider(town, phone="13900001234")
    verify(town, town[rider].post(HAZARDS, sight(3, words=WORDS).draft()), "low")
    until_points(town, rider, available=LOW, held=0)
    last = town[rider].read(BALANCE).headers["X-Request-Id"]
    until_true("the last request's span", lambda: collector.trace(last), bool)

    sent = b"".join(collector.bodies)

    assert b"/hazards/{hazard_id}/verifications" in sent
    assert [
        secret for secret in ("13900001234", "13812345678", "井盖松动", town[rider].id) if secret.encode() in sent
    ] == []
