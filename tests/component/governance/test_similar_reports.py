"""A second report of the same thing: the first one is suggested, nothing is refused."""

from datetime import timedelta

import pytest

from tests.component.governance.stage import (
    COMMUNITY_ELSEWHERE,
    OTHER,
    RIDER,
    STAFF,
    Stage,
    draft,
    point,
)


def similar_to(stage: Stage, **changes: object) -> list[dict[str, object]]:
    """Let another rider report; return what the answer suggests."""
    answer = stage.post(OTHER, "/hazards", draft(**changes))
    assert answer.status_code == 201
    found: list[dict[str, object]] = answer.json()["similar"]
    return found


def test_a_report_20_m_away_three_minutes_later_suggests_the_first(stage: Stage) -> None:
    first = stage.report()
    stage.bench.clock.advance(timedelta(minutes=3))

    found = similar_to(stage, point=point(20))

    expected = {"hazard_id": first, "state": "reported", "category": "manhole", "distance_m": 20, "minutes_ago": 3}
    assert found == [expected]


@pytest.mark.parametrize(
    "changes",
    [{"category": "waste"}, {"point": point(80)}, {"community": COMMUNITY_ELSEWHERE}],
    ids=["another category", "80 m away", "another sub-district"],
)
def test_what_differs_is_not_suggested(stage: Stage, changes: dict[str, object]) -> None:
    stage.report()

    assert similar_to(stage, **changes) == []


@pytest.mark.parametrize(("days", "count"), [(14, 1), (15, 0)])
def test_only_reports_of_the_last_14_days_are_suggested(stage: Stage, days: int, count: int) -> None:
    stage.report()
    stage.bench.clock.advance(timedelta(days=days))

    assert len(similar_to(stage)) == count


def test_a_verified_hazard_is_still_there_a_rejected_or_merged_report_is_not(stage: Stage) -> None:
    verified, rejected, merged = (stage.report() for _ in range(3))
    stage.verify(verified)
    stage.reject(rejected)
    stage.merge(merged, verified)

    assert [found["hazard_id"] for found in similar_to(stage)] == [verified]


def test_points_in_different_datums_are_compared_where_they_are(stage: Stage) -> None:
    first = stage.report()

    found = similar_to(stage, point={"lat": 39.991281, "lon": 116.316104, "datum": "GCJ-02"})

    assert [(one["hazard_id"], one["distance_m"]) for one in found] == [(first, 0)]


def test_the_nearest_come_first_and_staff_see_them_too(stage: Stage) -> None:
    far, near = stage.report(point=point(40)), stage.report(point=point(10))
    latest = stage.report(OTHER)

    seen = stage.get(STAFF, f"/hazards/{latest}").json()["similar"]

    assert [(one["hazard_id"], one["distance_m"]) for one in seen] == [(near, 10), (far, 40)]


def test_a_report_of_an_erased_rider_is_suggested_no_more(stage: Stage) -> None:
    stage.report(RIDER)
    with stage.bench.store.write():
        stage.bench.keys.destroy("rider-1")

    assert similar_to(stage) == []


def test_many_reports_near_by_cost_one_look_at_their_riders_keys(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    box = stage.bench.keys._box
    find = box.find

    def noting(rider_id: str) -> bytes | None:
        asked.append(rider_id)
        return find(rider_id)

    for _report in range(4):
        stage.report()
    monkeypatch.setattr(box, "find", noting)

    assert len(similar_to(stage, point=point(20))) == 4
    assert asked.count(RIDER.id) == 0
