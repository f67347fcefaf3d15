"""`cheqi sms` shows the codes and the notices that the trial adapters kept, and the assembly lets both forget."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cheqi.assembly import Assembly
from cheqi.house import list_trial_sms
from services.notify.channels import Message
from services.notify.trial import TrialChannel
from services.registration.codes.trial import TrialSMS
from shared.clock import SettableClock, SystemClock
from shared.settings import Settings

NOTICE = Message("notice-1", "rider-1", "13800138000", "a notice")


def _with_notice(folder: Path, sent_at: datetime) -> None:
    channel = TrialChannel(folder, SettableClock(sent_at))
    channel.send(NOTICE)
    channel.close()


def test_codes_and_notices_are_shown_together_newest_first(tmp_path: Path) -> None:
    codes = TrialSMS(tmp_path, SystemClock())
    codes.send("13800138000", "a code")
    codes.close()
    _with_notice(tmp_path, datetime.now(UTC) + timedelta(seconds=1))

    shown = list_trial_sms(Settings(data=tmp_path))

    assert [message["text"] for message in shown] == ["a notice", "a code"]


def test_notices_are_shown_where_there_are_no_codes(tmp_path: Path) -> None:
    _with_notice(tmp_path, datetime.now(UTC))

    assert [message["phone"] for message in list_trial_sms(Settings(data=tmp_path))] == ["13800138000"]


def test_an_erasure_reaches_the_notices_also_where_the_trial_adapter_is_not_chosen_any_more(tmp_path: Path) -> None:
    _with_notice(tmp_path, datetime.now(UTC))
    assembly = Assembly(Settings(data=tmp_path))
    node = assembly.node("notify")

    with node.store.write() as session:
        node.service.erase(session, "rider-1")
    assembly.close()

    assert list_trial_sms(Settings(data=tmp_path)) == []
