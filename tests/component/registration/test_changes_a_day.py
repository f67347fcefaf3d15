"""How often a rider changes own facts in a day: each change is told and kept for ever."""

import pytest
from httpx2 import Response

from services.registration.limits.rules import CONSENT, DAY, DETAILS, FIRST, MOVE, Limit
from shared.auth import Principal
from shared.events.registration import ConsentChangedV1, RiderDetailsChangedV1, RiderMovedV1
from tests.component.registration.stage import BALIZHUANG, HAIDIAN_STREET, STAFF_ELSEWHERE, Stage, problem_of

LAST = {limit.bucket: limit.uses_max for limit in FIRST.rider_changes}


def rename(stage: Stage, rider: Principal, number: int) -> Response:
    return stage.send("PATCH", "/riders/me", {"name": f"Li Si {number}"}, by=rider)


def move(stage: Stage, rider: Principal, number: int) -> Response:
    place = (HAIDIAN_STREET, BALIZHUANG)[number % 2]
    return stage.post(f"/riders/{rider.id}/moves", {"subdistrict": place}, by=rider)


def consent(stage: Stage, rider: Principal, *, granted: bool) -> Response:
    body = {"granted": granted, "wording": "photo-1"}
    return stage.send("PUT", "/riders/me/consents/photo", body, by=rider)


def test_details_are_changed_twenty_times_a_day_and_again_after_the_wait(stage: Stage) -> None:
    rider = stage.rider()
    taken = [rename(stage, rider, number).status_code for number in range(LAST[DETAILS])]

    refused = rename(stage, rider, 99)
    kept = stage.get("/riders/me", rider).json()["name"]
    stage.pass_time(seconds=int(refused.headers["Retry-After"]))
    later = rename(stage, rider, 99)

    assert (set(taken), len(taken)) == ({200}, 20)
    assert (refused.status_code, problem_of(refused)) == (429, "too-many-own-changes")
    assert "20 such changes within 24 hours" in refused.json()["detail"]
    assert kept is not None
    assert later.status_code == 200
    assert len(stage.bench.told(RiderDetailsChangedV1)) == 21


def test_saving_details_as_they_stand_is_no_change(stage: Stage) -> None:
    stage.limit(rider_changes=(Limit(DETAILS, 1, DAY),))
    rider = stage.rider()

    answers = [rename(stage, rider, number).status_code for number in (1, 1, 1, 2)]

    assert answers == [200, 200, 200, 429]


def test_a_rider_moves_five_times_a_day_and_staff_still_put_it_right(stage: Stage) -> None:
    rider = stage.rider()
    taken = [move(stage, rider, number).status_code for number in range(LAST[MOVE])]

    refused = move(stage, rider, 5)
    put_right = stage.post(f"/riders/{rider.id}/moves", {"subdistrict": BALIZHUANG}, by=STAFF_ELSEWHERE)

    assert taken == [201] * 5
    assert (refused.status_code, put_right.status_code) == (429, 201)
    assert len(stage.bench.told(RiderMovedV1)) == 6


def test_what_one_rider_changes_limits_no_other(stage: Stage) -> None:
    stage.limit(rider_changes=(Limit(DETAILS, 1, DAY),))
    rider, other = stage.rider(), stage.rider("13912345678")

    answers = [rename(stage, who, number).status_code for who, number in ((rider, 1), (rider, 2), (other, 1))]

    assert answers == [200, 429, 200]


def test_a_consent_is_withdrawn_however_often_it_was_given(stage: Stage) -> None:
    stage.limit(rider_changes=(Limit(CONSENT, 1, DAY),))
    rider = stage.rider()

    answers = [consent(stage, rider, granted=granted).status_code for granted in (False, True, False, True)]

    assert answers == [200, 200, 200, 429]
    told = [event.granted for event in stage.bench.told(ConsentChangedV1) if event.purpose == "photo"]
    assert told == [True, False, True, False]


@pytest.mark.parametrize("bucket", [DETAILS, MOVE, CONSENT])
def test_each_kind_of_change_has_a_limit(bucket: str) -> None:
    assert 0 < LAST[bucket] <= 20
