"""Runs of any size leave the same inboxes, the same text messages and the same log as the same events one by one."""

from datetime import timedelta
from itertools import groupby

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from services.notify.service import build
from shared.events.envelope import Event
from shared.events.notify import NoticeDeliveredV1
from shared.events.registration import ConsentChangedV1, PreferencesChangedV1, RiderErasedV1, RiderRegisteredV1
from shared.events.training import ClassOpenedV1
from tests.component.notify.samples import CLASS, HERE, OTHER, RIDER, SAMPLES
from tests.harness import Bench
from tests.moments import NOON

CHOICES: tuple[Event, ...] = (
    RiderRegisteredV1(**HERE, rider_id=OTHER, platform="meituan", language="zh-CN"),
    PreferencesChangedV1(**HERE, rider_id=RIDER, language="zh-CN", muted=("points:sms",)),
    PreferencesChangedV1(**HERE, rider_id=OTHER, language="en", muted=()),
    ConsentChangedV1(**HERE, rider_id=RIDER, granted=True, purpose="sms-notices", wording="1"),
    RiderErasedV1(**HERE, rider_id=OTHER),
)
ALL_TWICE = [*SAMPLES, *CHOICES, *SAMPLES]


@given(events=st.lists(st.sampled_from([*SAMPLES, *CHOICES]), min_size=5, max_size=40), cut=st.integers(2, 40))
@example(events=ALL_TWICE, cut=60)
@example(events=list(SAMPLES), cut=3)
@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_runs_of_any_size_end_as_single_events_do(events: list[Event], cut: int) -> None:
    assert _end(events, cut) == _end(events, 1)


def _end(events: list[Event], cut: int) -> dict[str, list[str]]:
    """Apply what is told in runs of so many events; return every row, and the log in its order."""
    bench = Bench(build())
    for source, told in groupby(events, lambda event: event.source):
        publisher = bench.publisher(source)
        run = [publisher.document(event, NOON + timedelta(minutes=place)) for place, event in enumerate(told)]
        for start in range(0, len(run), cut):
            bench.consumer.apply(publisher.run(*run[start : start + cut]))
    found = bench.rows()
    assert not found["parked"]
    return found


def test_a_person_whom_an_event_names_twice_is_told_once() -> None:
    bench = Bench(build())

    bench.apply(ClassOpenedV1(**CLASS, rider_ids=(RIDER, RIDER)))

    assert [told.person_id for told in bench.told(NoticeDeliveredV1)] == [RIDER]
