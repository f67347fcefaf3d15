"""Fifty reports of a rider and day are taken; what is above is refused until midnight, also when all come at once."""

from datetime import date, datetime, timedelta
from threading import Barrier

import pytest

from services.governance.hazards import commands, rules
from services.governance.hazards.rules import ReportingRule
from services.governance.hazards.schemas import HazardDraft
from shared.clock import SHANGHAI
from shared.errors import Refusal
from shared.events.governance import HazardReportedV1
from tests.component.governance.stage import OTHER, RIDER, Stage, code, draft, run_together


def report(stage: Stage, times: int) -> None:
    """Let a rider report so many times."""
    for _ in range(times):
        with stage.bench.command(RIDER) as session:
            commands.report_hazard(session, RIDER, HazardDraft.model_validate(draft()))


def test_the_fifty_first_report_of_a_day_is_refused_and_says_when_one_is_taken_again(stage: Stage) -> None:
    stage.bench.clock.set(datetime(2026, 9, 18, 23, 0, tzinfo=SHANGHAI))
    report(stage, 50)

    refused = stage.post(RIDER, "/hazards", draft())

    assert code(refused) == (429, "too-many-reports")
    assert refused.json()["again_at"] == "2026-09-18T16:00:00+00:00"
    assert "2026-09-19 00:00:00" in refused.json()["detail"]
    assert refused.headers["retry-after"] == "3600"
    assert len(stage.bench.told(HazardReportedV1)) == 50


def test_a_refused_report_is_taken_after_midnight_under_the_same_key(stage: Stage) -> None:
    stage.bench.clock.set(datetime(2026, 9, 18, 23, 0, tzinfo=SHANGHAI))
    report(stage, 50)
    assert stage.post(RIDER, "/hazards", draft(), key="late").status_code == 429

    stage.bench.clock.advance(timedelta(hours=1))

    assert stage.post(RIDER, "/hazards", draft(), key="late").status_code == 201


def test_other_riders_report_on_and_a_repeat_under_its_key_is_answered(stage: Stage) -> None:
    first = stage.post(RIDER, "/hazards", draft(), key="first")
    report(stage, 49)

    assert stage.post(RIDER, "/hazards", draft(), key="first").json() == first.json()
    assert stage.post(OTHER, "/hazards", draft()).status_code == 201


def test_reports_sent_at_once_do_not_pass_the_daily_limit(stage: Stage) -> None:
    report(stage, 47)
    together, refused = Barrier(8), []

    def report_at_once(_number: int) -> None:
        together.wait()
        try:
            report(stage, 1)
        except Refusal as refusal:
            refused.append(refusal.kind.code)

    run_together(report_at_once, 8)

    assert refused == ["too-many-reports"] * 5
    assert len(stage.bench.told(HazardReportedV1)) == 50


def test_the_audit_names_a_rider_who_reported_more_than_a_day_may_have(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(stage, 4)
    assert stage.findings() == []

    monkeypatch.setattr(rules, "REPORTING_RULES", (ReportingRule(date(2024, 1, 1), reports_max=3),))

    assert stage.findings() == ["daily-reports-exceeded"]
