"""Whatever the order in which the subjects of a day arrive, the end is the same."""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.rewards.models import METADATA
from shared.events.envelope import Envelope, Event
from shared.events.governance import HazardMergedV1, HazardRejectedV1, HazardReportedV1, HazardVerifiedV1
from shared.events.registration import RiderErasedV1, RiderMovedV1, RiderRegisteredV1
from shared.events.training import AttendanceConfirmedV1
from shared.messaging.tables import event_log
from tests.component.rewards.stage import ELSEWHERE, HERE, Stage
from tests.moments import NOON

HISTORY = {"entry", "posting", "lot_use"}
Told = tuple[Event, timedelta]


@dataclass(frozen=True)
class Script:
    """What staff decided: who shares under which survivor, what became of it, and who left."""

    shares_first: bool
    shares_then: bool
    decision: str
    decided_before_merging: bool
    earning: tuple[bool, bool, bool]
    erased: int | None


SCRIPTS = st.builds(
    Script,
    shares_first=st.booleans(),
    shares_then=st.booleans(),
    decision=st.sampled_from(["low", "high", "rejected", "open"]),
    decided_before_merging=st.booleans(),
    earning=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    erased=st.sampled_from([None, 1, 2, 3]),
)


SHARES_UNDER_THE_LATER_ONE = Script(
    shares_first=False,
    shares_then=True,
    decision="low",
    decided_before_merging=False,
    earning=(True, True, True),
    erased=None,
)


@given(script=SCRIPTS, draw=st.randoms(use_true_random=False))
@example(script=SHARES_UNDER_THE_LATER_ONE, draw=Random(1))
@example(script=replace(SHARES_UNDER_THE_LATER_ONE, shares_first=True, shares_then=False), draw=Random(1))
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_subjects_in_any_order_lead_to_the_same_end(script: Script, draw: Random) -> None:
    subjects = _subjects(script)
    in_turn = [told for subject in subjects for told in subject]
    last_first = [told for subject in reversed(subjects) for told in subject]
    ahead = [list(subject) for subject in subjects]
    shuffled = []
    while any(ahead):
        shuffled.append(draw.choice([subject for subject in ahead if subject]).pop(0))

    end = _end(in_turn, script.erased)
    assert _end(last_first, script.erased) == end
    assert _end(shuffled, script.erased) == end


def _end(told: list[Told], erased: int | None) -> dict[str, list[str]]:
    """Return every row and, of those who stay, every event that must not depend on the order; the audit is clean."""
    stage, found = Stage(), {}
    for event, after in told:
        stage.tell(event, at=NOON + after)
    with stage.bench.read() as session:
        for table in METADATA.sorted_tables:
            if table.name not in HISTORY:
                found[table.name] = sorted(map(str, session.execute(select(table))))
        log = [Envelope.parse(document) for document in session.scalars(select(event_log.c.document))]
    stay = [one for one in log if one.subject != f"rider-{erased}"]
    found["log"] = sorted(f"{one.type} {one.subject} {one.time} {one.data}" for one in stay)
    assert stage.findings() == []
    return found | {"sub-districts": [str(sorted(stage.sub_district_sums().items()))]}


def _subjects(script: Script) -> list[list[Told]]:
    """Three riders report the same; the first report goes under the second, and both under the third."""
    reports = [(_reported(number, earns=script.earning[number - 1]), _minutes(number)) for number in (1, 2, 3)]
    merges: list[Told] = [
        (_merged(2, 3, script, shares=True), _minutes(20)),
        (_merged(1, 3, script, shares=script.shares_then), _minutes(20)),
    ]
    early = script.decided_before_merging and script.decision != "rejected"
    decided: list[Told] = [(event, _minutes(15 if early else 25)) for event in _decisions(script)]
    return [
        [reports[0]],
        [reports[1], (_merged(1, 2, script, shares=script.shares_first), _minutes(10))],
        [reports[2], *decided, *merges] if early else [reports[2], *merges, *decided],
        [(_attended(number), _minutes(30)) for number in (1, 2)],
        *[_life(number, erased=number == script.erased) for number in (1, 2, 3)],
    ]


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def _reported(number: int, *, earns: bool) -> HazardReportedV1:
    facts = {"community": "110108005001", "category": "fire-safety", "earns": earns}
    return HazardReportedV1(subdistrict=HERE, hazard_id=f"hazard-{number}", rider_id=f"rider-{number}", **facts)


def _merged(number: int, into: int, script: Script, *, shares: bool) -> HazardMergedV1:
    earns = script.earning[number - 1]
    return HazardMergedV1(
        subdistrict=HERE,
        hazard_id=f"hazard-{into}",
        merged_hazard_id=f"hazard-{number}",
        merged_rider_id=f"rider-{number}",
        merged_reported_at=NOON + _minutes(number),
        merged_subdistrict=HERE,
        merged_earns=earns,
        shares_award=shares and earns,
    )


def _decisions(script: Script) -> list[Event]:
    facts = {"subdistrict": HERE, "hazard_id": "hazard-3", "rider_id": "rider-3"}
    if script.decision == "open":
        return []
    if script.decision == "rejected":
        return [HazardRejectedV1(**facts, reason="unclear")]
    return [HazardVerifiedV1(**facts, severity=script.decision)]


def _attended(number: int) -> AttendanceConfirmedV1:
    return AttendanceConfirmedV1(subdistrict=HERE, class_id="class-1", course_id="course-1", rider_id=f"rider-{number}")


def _life(number: int, *, erased: bool) -> list[Told]:
    rider = f"rider-{number}"
    signed_up = RiderRegisteredV1(subdistrict=HERE, rider_id=rider, platform="meituan", language="zh-CN")
    moved = RiderMovedV1(subdistrict=ELSEWHERE, rider_id=rider, previous_subdistrict=HERE)
    life: list[Told] = [(signed_up, -_minutes(60)), (moved, _minutes(5))]
    return [*life, (RiderErasedV1(subdistrict=ELSEWHERE, rider_id=rider), _minutes(12))] if erased else life
