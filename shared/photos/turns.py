"""Turns at decoding: one photo is decoded at a time, few more wait, and nobody has two in hand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shared.photos.picture import DecoderBusyError, PhotoInHandError

AT_ONCE_MAX = 1
"""The largest photo takes 235 MiB while it is decoded: a small machine has no room for two of them."""

IN_HAND_MAX = 8
"""Whoever waits keeps one of the 40 threads in which all services of a process answer: four of five stay free."""

WAIT_MAX_S = 20


class Turns:
    """The turns of one process: one photo is decoded at a time, and seven more wait, each of another person."""

    def __init__(
        self, at_once_max: int = AT_ONCE_MAX, in_hand_max: int = IN_HAND_MAX, wait_max_s: float = WAIT_MAX_S
    ) -> None:
        self._decoders = threading.BoundedSemaphore(at_once_max)
        self._in_hand_max, self._wait_max_s = in_hand_max, wait_max_s
        self._in_hand: set[str] = set()
        self._changing = threading.Lock()

    @contextmanager
    def turn(self, person: str) -> Iterator[None]:
        """Wait for a turn, and hold it while the block runs.

        Raises PhotoInHandError at once where another photo of the person waits or is decoded, and DecoderBusyError at
        once where too many wait, or after 20 s.
        """
        self._enter(person)
        try:
            if not self._decoders.acquire(timeout=self._wait_max_s):
                raise DecoderBusyError
            try:
                yield
            finally:
                self._decoders.release()
        finally:
            with self._changing:
                self._in_hand.remove(person)

    def _enter(self, person: str) -> None:
        with self._changing:
            if person in self._in_hand:
                raise PhotoInHandError
            if len(self._in_hand) >= self._in_hand_max:
                raise DecoderBusyError
            self._in_hand.add(person)
