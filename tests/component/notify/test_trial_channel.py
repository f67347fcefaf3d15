"""The trial channel keeps each message once and for a day, in a file that only its owner reads."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.notify.channels import Message
from services.notify.service import build
from services.notify.trial import FILE_NAME, TrialChannel
from shared.clock import SettableClock
from shared.db.store import open_store, sqlite_url
from shared.events.registration import RiderErasedV1
from tests.harness import Bench
from tests.moments import NOON

MESSAGE = Message("notice-1", "rider-1", "13800138000", "hello")
OTHERS = Message("notice-2", "rider-2", "13900139000", "good day")
BY_READING, BY_SENDING, BY_STARTING = "read", "send", "start"


def test_a_message_with_the_same_reference_is_kept_once(tmp_path: Path) -> None:
    channel = TrialChannel(tmp_path, SettableClock(NOON))

    channel.send(MESSAGE)
    channel.send(MESSAGE)

    (kept,) = channel.messages()
    assert (kept.reference, kept.address, kept.text) == ("notice-1", "13800138000", "hello")
    channel.close()


def test_the_file_is_its_owners_only(tmp_path: Path) -> None:
    TrialChannel(tmp_path, SettableClock(NOON)).close()

    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("step", [BY_READING, BY_SENDING, BY_STARTING])
def test_a_message_is_forgotten_after_a_day(tmp_path: Path, step: str) -> None:
    clock = SettableClock(NOON)
    channel = TrialChannel(tmp_path, clock)
    channel.send(MESSAGE)
    clock.advance(timedelta(days=1, seconds=1))

    if step == BY_READING:
        channel.messages()
    elif step == BY_SENDING:
        channel.send(OTHERS)
    else:
        TrialChannel(tmp_path, clock).close()

    assert MESSAGE.address.encode() not in (tmp_path / FILE_NAME).read_bytes()
    channel.close()


def test_nothing_of_an_erased_rider_is_left_in_the_file(tmp_path: Path) -> None:
    channel = TrialChannel(tmp_path, SettableClock(NOON))
    channel.send(MESSAGE)
    channel.send(OTHERS)

    Bench(build(channel.forget)).apply(RiderErasedV1(subdistrict="110108005", rider_id="rider-1"))

    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"rider-1" not in content
    assert MESSAGE.address.encode() not in content
    assert [kept.reference for kept in channel.messages()] == ["notice-2"]
    channel.close()


def test_what_was_kept_without_a_time_is_forgotten_at_the_start(tmp_path: Path) -> None:
    earlier = open_store(sqlite_url(tmp_path / FILE_NAME))
    with earlier.write() as session:
        connection = session.connection()
        connection.exec_driver_sql("CREATE TABLE trial_message (reference TEXT, address TEXT)")
        connection.exec_driver_sql("INSERT INTO trial_message VALUES ('notice-1', '13800138000')")
    earlier.close()

    TrialChannel(tmp_path, SettableClock(NOON)).close()

    assert b"13800138000" not in (tmp_path / FILE_NAME).read_bytes()
