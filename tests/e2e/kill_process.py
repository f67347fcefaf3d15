"""The real process of `cheqi up`, which may be killed at any moment and started again on the same data."""

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import httpx2

from cheqi.house import list_trial_sms
from cheqi.supervisor import PROGRAM
from shared.settings import PREFIX, Settings
from tests.ports import free_port

READY_WITHIN_S, END_WITHIN_S = 60, 30
LOOK_EVERY_S = 0.02


class NotReadyError(RuntimeError):
    """The process ended, or did not get ready in time; the text holds what it wrote."""


class Process:
    """One process after the other on the same settings, by default those of the embedded house in the folder."""

    def __init__(
        self, folder: Path, settings: Settings | None = None, command: Sequence[str] = (*PROGRAM, "up")
    ) -> None:
        self._folder, self._command = folder, command
        self.settings = settings or Settings(data=folder / "data", sms="trial", port=free_port(), log_level="error")
        self._environment = environment_of(self.settings)
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return self.settings.address

    @property
    def pid(self) -> int:
        """The process that runs."""
        assert self._running is not None
        return self._running.pid

    def start(self) -> None:
        """Start it; it is not ready yet."""
        with (self._folder / "up.log").open("ab") as log:
            self._running = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)  # noqa: S603 - this project's own command

    def wait_until_ready(self) -> float:
        """Wait until it says that it is ready; return how many seconds that took. Raises NotReadyError."""
        begun = time.monotonic()
        with httpx2.Client(base_url=self.address, timeout=5) as http:
            while not _is_ready(http):
                if self._ended or time.monotonic() > begun + READY_WITHIN_S:
                    raise NotReadyError((self._folder / "up.log").read_text(encoding="utf-8")[-4000:])
                pause(LOOK_EVERY_S)
        return time.monotonic() - begun

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self._running is not None
        self._running.kill()
        self._running.wait(END_WITHIN_S)

    def end(self) -> int:
        """Ask it to end, and return its status; kill it when it does not."""
        assert self._running is not None
        self._running.terminate()
        try:
            return self._running.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run another command on the same folder."""
        return subprocess.run(  # noqa: S603 - this project's own command
            [*PROGRAM, *arguments],
            env=self._environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=READY_WITHIN_S,
            check=False,
        )

    def messages(self) -> list[dict[str, str]]:
        """Return the newest text messages that the trial adapter kept, newest first."""
        return list_trial_sms(self.settings)

    @property
    def _ended(self) -> bool:
        return self._running is None or self._running.poll() is not None


def environment_of(settings: Settings) -> dict[str, str]:
    """Return an environment with these settings and none of the caller's own, in which compiled modules are kept."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHEQI_", "PYTHONDONTWRITE"))}
    return kept | variables_of(settings)


def variables_of(settings: Settings) -> dict[str, str]:
    """Return the variables by which a program is given what these settings set."""
    chosen = settings.model_dump(exclude_unset=True)
    return {f"{PREFIX}{name.upper()}": str(value) for name, value in chosen.items()}


def pause(seconds: float) -> None:
    """Let the other process work for a while."""
    Event().wait(seconds)


def _is_ready(http: httpx2.Client) -> bool:
    try:
        return http.get("/readyz").status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False
