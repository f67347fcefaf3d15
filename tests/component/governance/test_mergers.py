"""Reports of one hazard become one: who stands under whom, and who shares."""

import pytest

from shared.auth import Principal
from shared.events.governance import HazardMergedV1
from tests.component.governance.pictures import jpeg
from tests.component.governance.stage import (
    COMMUNITY_ELSEWHERE,
    DISTRICT,
    OTHER,
    RIDER,
    STAFF,
    Stage,
    code,
    rider,
)


def shared(stage: Stage, survivor: str, *merged: str) -> list[bool]:
    """Merge reports into a surviving one in order; return which of them share."""
    for hazard_id in merged:
        assert stage.merge(hazard_id, survivor).status_code == 201
    return [event.shares_award for event in stage.bench.told(HazardMergedV1)]


def test_a_merged_report_is_told_on_the_surviving_one_with_whom_it_is_of(stage: Stage) -> None:
    first, second = stage.report(RIDER), stage.report(OTHER)

    answer = stage.merge(second, first)

    assert (answer.status_code, answer.json()["state"], answer.json()["merged_into"]) == (201, "merged", first)
    (told,) = stage.bench.told(HazardMergedV1)
    assert (told.subject, told.merged_hazard_id, told.merged_rider_id) == (first, second, "rider-2")
    assert (told.merged_earns, told.shares_award, told.merged_reported_at) == (True, True, stage.bench.clock.now())


def test_the_rider_of_a_merged_report_reads_where_it_went(stage: Stage) -> None:
    first, second = stage.report(RIDER), stage.report(OTHER)
    stage.merge(second, first)

    (own,) = stage.get(OTHER, "/hazards/mine").json()["items"]

    assert (own["merged_into"], own["state"], own["shares_award"]) == (first, "merged", True)
    assert code(stage.get(OTHER, f"/hazards/{first}")) == (404, "not-found")


def test_a_second_report_of_the_same_rider_does_not_share(stage: Stage) -> None:
    first, again = stage.report(RIDER), stage.report(RIDER)

    assert shared(stage, first, again) == [False]


def test_a_rider_shares_once_and_only_three_riders_do(stage: Stage) -> None:
    first = stage.report(rider(1))
    others = [stage.report(rider(number)) for number in (2, 2, 3, 4, 5)]

    assert shared(stage, first, *others) == [True, False, True, True, False]


def test_a_report_that_earns_nothing_does_not_share(stage: Stage) -> None:
    first = stage.report(OTHER)
    for _ in range(5):
        stage.report(RIDER)

    assert shared(stage, first, stage.report(RIDER)) == [False]


def test_a_report_that_does_not_share_takes_nobody_s_place(stage: Stage) -> None:
    first = stage.report(rider(1))
    stage.report(rider(2), photo_id=stage.photo(rider(2), jpeg(1)))
    repeated = stage.report(rider(2), photo_id=stage.photo(rider(2), jpeg(1)))
    others = [stage.report(rider(number)) for number in (2, 3, 4)]

    assert shared(stage, first, repeated, *others) == [False, True, True, True]


def test_a_copied_photo_shares_when_staff_merge_it(stage: Stage) -> None:
    first = stage.report(RIDER, photo_id=stage.photo(RIDER, jpeg(1)))
    copy = stage.report(OTHER, photo_id=stage.photo(OTHER, jpeg(1)))

    assert shared(stage, first, copy) == [True]


def test_what_a_merged_report_had_absorbed_goes_along_and_is_told_again(stage: Stage) -> None:
    top, middle, low = (stage.report(rider(number)) for number in (1, 2, 3))
    stage.merge(low, middle)

    stage.merge(middle, top)

    told = [(event.hazard_id, event.merged_hazard_id) for event in stage.bench.told(HazardMergedV1)]
    assert told == [(middle, low), (top, middle), (top, low)]
    assert stage.get(DISTRICT, f"/hazards/{low}").json()["merged_into"] == top
    assert stage.findings() == []


def test_sharing_is_decided_anew_under_the_new_survivor(stage: Stage) -> None:
    top, middle = stage.report(rider(1)), stage.report(rider(2))
    own, again, other = stage.report(rider(1)), stage.report(rider(2)), stage.report(rider(3))
    assert shared(stage, middle, own, again, other) == [True, False, True]

    after = shared(stage, top, middle)[3:]

    assert after == [True, False, False, True]


def test_the_limit_holds_over_what_came_along_and_what_was_there(stage: Stage) -> None:
    top, middle = stage.report(rider(1)), stage.report(rider(2))
    shared(stage, top, stage.report(rider(3)), stage.report(rider(4)))
    shared(stage, middle, stage.report(rider(5)), stage.report(rider(6)))

    after = shared(stage, top, middle)[4:]

    assert after == [True, False, False]


def test_the_same_merger_again_tells_nothing(stage: Stage) -> None:
    first, second = stage.report(RIDER), stage.report(OTHER)
    answer = stage.merge(second, first)

    assert stage.merge(second, first).json() == answer.json()
    assert len(stage.bench.told(HazardMergedV1)) == 1


def test_a_report_may_be_merged_into_a_verified_one(stage: Stage) -> None:
    first, second = stage.report(RIDER), stage.report(OTHER)
    stage.verify(first)

    assert stage.merge(second, first).status_code == 201


def test_nothing_is_merged_into_a_rejected_or_merged_report_and_the_answer_says_where_to(stage: Stage) -> None:
    rejected, first, second, third = (stage.report(rider(number)) for number in range(1, 5))
    stage.reject(rejected)
    stage.merge(second, first)

    into_rejected, into_merged = stage.merge(third, rejected), stage.merge(third, second)

    assert code(into_rejected) == (409, "survivor-rejected")
    assert code(into_merged) == (409, "survivor-merged")
    assert into_merged.json()["survivor"] == first
    assert stage.get(STAFF, f"/hazards/{third}").json()["state"] == "reported"


def test_a_report_is_not_merged_into_itself_or_back_into_what_it_absorbed(stage: Stage) -> None:
    first, second = stage.report(RIDER), stage.report(OTHER)
    stage.merge(second, first)

    assert code(stage.merge(first, first)) == (422, "merged-into-itself")
    assert code(stage.merge(first, second)) == (409, "survivor-merged")


def test_a_merger_again_into_another_report_conflicts(stage: Stage) -> None:
    first, second, third = (stage.report(rider(number)) for number in range(1, 4))
    stage.merge(second, first)

    answer = stage.merge(second, third)

    assert (code(answer), answer.json()["outcome"]) == ((409, "hazard-already-decided"), first)


@pytest.mark.parametrize(("who", "problem"), [(STAFF, "not-found"), (DISTRICT, "merger-across-subdistricts")])
def test_reports_of_different_sub_districts_are_not_merged(stage: Stage, who: Principal, problem: str) -> None:
    here, elsewhere = stage.report(), stage.report(community=COMMUNITY_ELSEWHERE)

    answer = stage.merge(here, elsewhere, who)

    assert code(answer)[1] == problem
    assert not stage.bench.told(HazardMergedV1)


def test_an_unknown_survivor_is_not_found(stage: Stage) -> None:
    assert code(stage.merge(stage.report(), "no-such-report")) == (404, "not-found")
