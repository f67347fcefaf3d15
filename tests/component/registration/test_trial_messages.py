"""The trial SMS adapter keeps messages for a day, and none to the phone of an erased rider."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.registration.codes.trial import FILE_NAME, TrialSMS
from shared.clock import SettableClock
from tests.component.registration.stage import PHONE, Stage
from tests.moments import NOON


@pytest.mark.parametrize("step", ["read", "start"])
def test_a_message_is_forgotten_after_a_day_though_no_other_is_sent(tmp_path: Path, step: str) -> None:
    clock = SettableClock(NOON)
    sms = TrialSMS(tmp_path, clock)
    sms.send(PHONE, "123456")
    clock.advance(timedelta(days=1, seconds=1))

    if step == "read":
        sms.messages()
    else:
        TrialSMS(tmp_path, clock).close()

    assert PHONE.encode() not in (tmp_path / FILE_NAME).read_bytes()
    sms.close()


def test_messages_to_an_erased_rider_are_forgotten_and_those_to_others_stay(stage: Stage) -> None:
    rider = stage.rider()
    stage.ask("13900000001")
    assert PHONE in {one.phone for one in stage.sms.messages()}

    stage.send("DELETE", "/riders/me", by=rider)

    assert {one.phone for one in stage.sms.messages()} == {"13900000001"}
    assert PHONE.encode() not in (stage.folder / FILE_NAME).read_bytes()
