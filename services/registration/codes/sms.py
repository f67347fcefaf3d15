"""The SMS port, and the adapters that a setting may choose by name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from services.registration.codes.trial import TrialSMS
from shared.clock import Clock
from shared.errors import ConfigurationError


class SMSSender(Protocol):
    """Sends short messages."""

    def send(self, phone: str, text: str) -> None:
        """Hand a message over for sending; raises SMSError when the channel does not take it."""
        ...

    def forget(self, phone: str) -> None:
        """Forget what is kept of messages to a phone, where the channel keeps any."""
        ...

    def close(self) -> None:
        """Let go of whatever the channel holds."""
        ...


class SMSError(RuntimeError):
    """The channel did not take a message."""


SMS_ADAPTERS: Mapping[str, Callable[[Path, Clock], SMSSender]] = {"trial": TrialSMS}


def chosen_sms(name: str | None, folder: Path, clock: Clock) -> SMSSender:
    """Return the adapter of that name; raises ConfigurationError when none or an unknown one was chosen."""
    names = ", ".join(sorted(SMS_ADAPTERS))
    if not name:
        message = (
            "registration cannot start: no SMS adapter was chosen, so no rider could get a code. "
            f"Set CHEQI_SMS to one of: {names} (trial sends nothing and keeps the messages in a local table)."
        )
        raise ConfigurationError(message)
    if name not in SMS_ADAPTERS:
        message = f"registration cannot start: there is no SMS adapter {name!r}. Set CHEQI_SMS to one of: {names}."
        raise ConfigurationError(message)
    return SMS_ADAPTERS[name](folder, clock)
