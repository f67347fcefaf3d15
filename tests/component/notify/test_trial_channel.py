"""The trial channel keeps each message once, in a file that only its owner reads."""

from pathlib import Path

from services.notify.channels import Message
from services.notify.trial import TrialChannel


def test_a_message_with_the_same_reference_is_kept_once(tmp_path: Path) -> None:
    channel = TrialChannel(tmp_path / "trial.db")
    message = Message("notice-1", "rider-1", "13800138000", "hello")

    channel.send(message)
    channel.send(message)

    (kept,) = channel.list_messages()
    assert (kept.reference, kept.address, kept.text) == ("notice-1", "13800138000", "hello")
    channel.close()


def test_the_file_is_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "trial.db"

    TrialChannel(path).close()

    assert path.stat().st_mode & 0o077 == 0
