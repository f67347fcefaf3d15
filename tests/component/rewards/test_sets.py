"""Runs of any size leave the same rows and the same log as the same events one by one."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from services.rewards.service import build
from shared.events.envelope import Event
from shared.events.governance import HazardMergedV1, HazardRejectedV1, HazardReportedV1, HazardVerifiedV1
from shared.events.registration import RiderErasedV1, RiderMovedV1, RiderRegisteredV1
from shared.events.training import AttendanceConfirmedV1
from tests.component.rewards.stage import CODE_KEY, ELSEWHERE, HERE
from tests.harness import Bench
from tests.moments import NOON


@dataclass(frozen=True)
class Step:
    """Something that is told of a report or its rider: what, of which, and how long after noon."""

    what: str
    number: int
    other: int
    after: timedelta
    again: bool = False

    @property
    def rider(self) -> str:
        """Two reports have the same rider, so that a run changes one account more than once."""
        return f"rider-{self.number % 3}"

    def event(self) -> Event:
        """Return what is told."""
        hazard, other = f"hazard-{self.number}", f"hazard-{self.other}"
        mine = {"subdistrict": HERE, "hazard_id": hazard, "rider_id": self.rider}
        match self.what:
            case "reported" | "reported over the limit":
                facts = {"community": "110108005001", "category": "fire-safety", "earns": self.what == "reported"}
                return HazardReportedV1(**mine, **facts)
            case "merged" | "merged to share":
                return self._merged(hazard, other)
            case "rejected":
                return HazardRejectedV1(**mine, reason="unclear")
            case "attended":
                return AttendanceConfirmedV1(subdistrict=HERE, class_id=other, course_id="course", rider_id=self.rider)
            case "low" | "high":
                return HazardVerifiedV1(**mine, severity=self.what)
        return self._life()

    def _merged(self, hazard: str, other: str) -> HazardMergedV1:
        return HazardMergedV1(
            subdistrict=HERE,
            hazard_id=other,
            merged_hazard_id=hazard,
            merged_rider_id=self.rider,
            merged_reported_at=NOON,
            merged_subdistrict=ELSEWHERE,
            merged_earns=True,
            shares_award=self.what == "merged to share",
        )

    def _life(self) -> Event:
        if self.what == "signed up":
            return RiderRegisteredV1(subdistrict=HERE, rider_id=self.rider, platform="meituan", language="zh-CN")
        if self.what == "moved":
            return RiderMovedV1(subdistrict=ELSEWHERE, rider_id=self.rider, previous_subdistrict=HERE)
        return RiderErasedV1(subdistrict=HERE, rider_id=self.rider)


HAZARD_STEPS = ["reported", "reported over the limit", "merged", "merged to share", "low", "high", "rejected"]
STEPS = st.builds(
    Step,
    what=st.sampled_from([*HAZARD_STEPS * 3, "attended", "attended", "signed up", "moved", "erased"]),
    number=st.integers(0, 4),
    other=st.integers(0, 4),
    after=st.sampled_from([timedelta(minutes=minutes) for minutes in range(10)] + [timedelta(days=31)]),
    again=st.booleans(),
)

TOLD_IN_ONE_RUN = [
    Step("reported", 0, 0, timedelta()),
    Step("reported", 3, 0, timedelta(minutes=1)),
    Step("merged to share", 3, 0, timedelta(minutes=2)),
    Step("high", 0, 0, timedelta(minutes=3), again=True),
    Step("merged", 1, 0, timedelta(minutes=4)),
    Step("rejected", 3, 0, timedelta(minutes=5)),
]
ATTENDED_TWICE = [Step("attended", 0, 0, timedelta()), Step("attended", 3, 0, timedelta(minutes=1))]
ONE_WHO_LEFT = [Step("erased", 0, 0, timedelta()), *TOLD_IN_ONE_RUN]


@given(steps=st.lists(STEPS, min_size=5, max_size=40), cut=st.integers(2, 40))
@example(steps=TOLD_IN_ONE_RUN, cut=40)
@example(steps=ATTENDED_TWICE, cut=40)
@example(steps=ONE_WHO_LEFT, cut=40)
@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_runs_of_any_size_end_as_single_events_do(steps: list[Step], cut: int) -> None:
    assert _end(steps, cut) == _end(steps, 1)


def _end(steps: list[Step], cut: int) -> dict[str, list[str]]:
    """Apply what is told in runs of so many events; return every row, and the log in its order."""
    bench, documents = Bench(build(code_key=CODE_KEY)), list[tuple[str, str]]()
    for step in steps:
        event = step.event()
        document = bench.publisher(event.source).document(event, NOON + step.after)
        documents += [(event.source, document)] * (2 if step.again else 1)
    for source, told in groupby(documents, lambda one: one[0]):
        run = [document for _, document in told]
        for start in range(0, len(run), cut):
            bench.consumer.apply(bench.publisher(source).run(*run[start : start + cut]))
    bench.clock.advance(timedelta(days=32))
    bench.fire_timers()
    with bench.read() as session:
        assert list(bench.service.audit.check(session)) == []
    return bench.rows()
