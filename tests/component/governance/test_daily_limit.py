"""Five reports a day earn; one above them is accepted, says so, and earns nothing."""

from datetime import datetime, timedelta
from threading import Barrier

from services.governance.hazards import commands
from services.governance.hazards.schemas import HazardDraft
from shared.clock import SHANGHAI
from shared.events.governance import HazardReportedV1
from tests.component.governance.pictures import jpeg, sent_again
from tests.component.governance.stage import HERE, OTHER, RIDER, STAFF, Stage, draft, run_together


def test_the_sixth_report_of_a_day_is_accepted_says_so_and_earns_nothing(stage: Stage) -> None:
    for _ in range(5):
        assert stage.post(RIDER, "/hazards", draft()).json()["earns"] is True

    sixth = stage.post(RIDER, "/hazards", draft())

    assert sixth.status_code == 201
    assert (sixth.json()["earns"], sixth.json()["no_award"]) == (False, "daily-limit")
    assert "5 of your reports" in sixth.json()["note"]
    assert [event.earns for event in stage.bench.told(HazardReportedV1)] == [True] * 5 + [False]
    assert stage.verify(sixth.json()["hazard_id"]).status_code == 201


def test_the_note_is_in_the_rider_s_language(stage: Stage) -> None:
    for _ in range(5):
        stage.report()

    client = stage.bench.http(RIDER, language="zh-CN")
    answer = client.post("/api/governance/hazards", json=draft(), headers={"Idempotency-Key": "sixth"})

    assert "不计积分" in answer.json()["note"]


def test_the_limit_begins_anew_at_midnight_in_shanghai(stage: Stage) -> None:
    stage.bench.clock.set(datetime(2026, 9, 18, 23, 59, 59, tzinfo=SHANGHAI))
    for _ in range(6):
        last = stage.post(RIDER, "/hazards", draft()).json()
    assert last["earns"] is False

    stage.bench.clock.advance(timedelta(seconds=1))

    assert stage.post(RIDER, "/hazards", draft()).json()["earns"] is True


def test_eight_in_the_morning_is_no_new_day_though_it_is_in_utc(stage: Stage) -> None:
    stage.bench.clock.set(datetime(2026, 9, 19, 7, 59, tzinfo=SHANGHAI))
    for _ in range(5):
        stage.report()

    stage.bench.clock.advance(timedelta(minutes=2))

    assert stage.post(RIDER, "/hazards", draft()).json()["earns"] is False


def test_each_rider_has_a_limit_of_one_s_own_and_a_refused_report_does_not_count(stage: Stage) -> None:
    for _ in range(5):
        stage.report()
        stage.post(OTHER, "/hazards", draft(category="unicorn"))

    assert stage.post(OTHER, "/hazards", draft()).json()["earns"] is True


def test_a_report_repeated_under_its_key_counts_once(stage: Stage) -> None:
    for _ in range(9):
        stage.post(RIDER, "/hazards", draft(), key="one")

    for _ in range(4):
        assert stage.post(RIDER, "/hazards", draft()).json()["earns"] is True


def test_reports_sent_at_once_do_not_pass_the_limit(stage: Stage) -> None:
    together, wanted = Barrier(8), HazardDraft.model_validate(draft())

    def report(_number: int) -> None:
        together.wait()
        with stage.bench.command(RIDER) as session:
            commands.report_hazard(session, RIDER, wanted)

    run_together(report, 8)

    assert sorted(event.earns for event in stage.bench.told(HazardReportedV1)) == [False] * 3 + [True] * 5


def test_one_s_own_photo_sent_again_is_accepted_and_earns_nothing_on_any_day(stage: Stage) -> None:
    body = jpeg(1)
    first = stage.report(photo_id=stage.photo(RIDER, body))
    stage.reject(first, "unclear")
    stage.bench.clock.advance(timedelta(days=30))

    again = stage.post(RIDER, "/hazards", draft(photo_id=stage.photo(RIDER, sent_again(body)))).json()

    assert (again["earns"], again["no_award"], again["same_photo_as"]) == (False, "own-photo-again", first)
    assert "this photo" in again["note"]
    assert [event.no_award for event in stage.bench.told(HazardReportedV1)] == ["", "own-photo-again"]


def test_a_repeated_photo_uses_up_nothing_of_the_limit(stage: Stage) -> None:
    for _ in range(4):
        stage.report(photo_id=stage.photo(RIDER, jpeg(1)))

    earns = [stage.post(RIDER, "/hazards", draft()).json()["earns"] for _ in range(5)]

    assert earns == [True] * 4 + [False]


def test_another_rider_s_photo_earns_and_staff_see_where_it_was_before(stage: Stage) -> None:
    first = stage.report(photo_id=stage.photo(RIDER, jpeg(1)))

    second = stage.post(OTHER, "/hazards", draft(photo_id=stage.photo(OTHER, sent_again(jpeg(1))))).json()

    assert (second["earns"], second["same_photo_as"]) == (True, first)
    assert stage.get(STAFF, f"/hazards/{second['hazard_id']}").json()["same_photo_as"] == first
    assert {event.subdistrict for event in stage.bench.told(HazardReportedV1)} == {HERE}
