"""An erased rider leaves nothing, and the order in which events arrive decides nothing but a language."""

from datetime import timedelta
from itertools import permutations

from sqlalchemy import text

from shared.events.envelope import Event
from shared.events.erasure import RiderDataErasedV1
from shared.events.governance import HazardReportedV1
from shared.events.notify import NoticeFailedV1
from shared.events.registration import RiderErasedV1
from shared.events.rewards import VoucherIssuedV1
from shared.events.training import ClassChangedV1, ClassOpenedV1
from tests.component.notify.samples import CLASS, HERE, MOMENT, OTHER, RIDER, RIDERS_HAZARD, SAMPLES, VOUCHER
from tests.component.notify.stage import WANG, Stage

ERASED = RiderErasedV1(**HERE, rider_id=RIDER)
TABLES = ("notice", "notice_parameter", "delivery", "preference", "mute")


def _rows(stage: Stage) -> list[list[str]]:
    with stage.bench.read() as session:
        return [sorted(map(str, session.execute(text(f"SELECT * FROM {table}")))) for table in TABLES]  # noqa: S608 - named here


def test_nothing_of_an_erased_rider_is_left_and_others_keep_theirs(stage: Stage) -> None:
    stage.bench.apply(*SAMPLES)
    stage.prefer("en", "points:inbox")
    kept = stage.templates(WANG)

    stage.bench.apply(ERASED)

    assert RIDER not in str(_rows(stage))
    assert stage.templates(WANG) == kept != []
    assert [event.service for event in stage.bench.told(RiderDataErasedV1)] == ["notify"]


def test_nothing_is_stored_of_a_rider_who_was_erased_before(stage: Stage) -> None:
    stage.bench.apply(ERASED)

    stage.bench.apply(*SAMPLES)
    stage.prefer("en", "points:inbox")
    stage.allow_sms()

    assert RIDER not in str(_rows(stage))


def test_a_class_of_an_erased_rider_still_tells_the_others(stage: Stage) -> None:
    stage.bench.apply(ERASED)

    stage.bench.apply(ClassChangedV1(**CLASS, rider_ids=(RIDER, OTHER)))

    assert stage.templates(WANG) == ["class-changed"]


def test_a_message_that_was_given_up_before_an_erasure_is_told_of_alike() -> None:
    in_time, late = Stage(), Stage()
    for stage in (in_time, late):
        stage.bench.apply(ClassChangedV1(**CLASS, rider_ids=(RIDER,)))
        stage.bench.clock.advance(timedelta(days=1))

    in_time.bench.fire_timers()
    in_time.bench.apply(ERASED)
    late.bench.apply(ERASED)
    late.bench.fire_timers()

    assert late.bench.told(NoticeFailedV1) == in_time.bench.told(NoticeFailedV1) != []


def test_whatever_the_order_of_subjects_the_same_notices_stand() -> None:
    events: tuple[Event, ...] = (
        HazardReportedV1(**RIDERS_HAZARD, community="110108005001", category="blocked", earns=True),
        VoucherIssuedV1(**VOUCHER, points=50, expires_at=MOMENT),
        ClassOpenedV1(**CLASS, rider_ids=(RIDER, OTHER)),
    )
    stages = [Stage() for _ in permutations(events)]
    documents = {event: stages[0].bench.publisher(event.source).document(event, MOMENT) for event in events}

    for stage, order in zip(stages, permutations(events), strict=True):
        for event in order:
            stage.bench.consumer.apply(stages[0].bench.publisher(event.source).run(documents[event]))

    ends = {str(_rows(stage)) for stage in stages}
    assert len(ends) == 1
