"""Looking at photos in processes of their own: what a hostile file breaks is not the service."""

import json
import subprocess
import sys
import threading
from pathlib import Path

from shared.photos.picture import (
    BODY_MAX_BYTES,
    REFUSALS,
    CleanPhoto,
    CostlyPhotoError,
    DecoderBusyError,
    PhotoTooLargeError,
)

AT_ONCE_MAX = 2
WAIT_MAX_S = 20
RUN_MAX_S = 15
ROOT = Path(__file__).parents[2]

_places = threading.BoundedSemaphore(AT_ONCE_MAX)


def inspect_apart(body: bytes) -> CleanPhoto:
    """Return what is kept of a photo, decoded under limits of time and memory; raises PhotoError.

    Two are decoded at once; who has waited for 20 s gets DecoderBusyError.
    """
    if len(body) > BODY_MAX_BYTES:
        raise PhotoTooLargeError
    if not _places.acquire(timeout=WAIT_MAX_S):
        raise DecoderBusyError
    try:
        return _read(_decode(body))
    finally:
        _places.release()


def _decode(body: bytes) -> bytes:
    """Run the program without the service's environment, which holds secrets."""
    command = [sys.executable, "-B", "-P", "-s", "-m", "shared.photos.decode"]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module; the stranger's bytes are its input only
            command, input=body, capture_output=True, env={"PYTHONPATH": str(ROOT)}, timeout=RUN_MAX_S, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise CostlyPhotoError from error
    return done.stdout


def _read(answer: bytes) -> CleanPhoto:
    line, _, jpeg = answer.partition(b"\n")
    facts = json.loads(line)
    if "refused" in facts:
        raise REFUSALS[facts["refused"]]
    return CleanPhoto(jpeg, int(facts["width"]), int(facts["height"]), int(facts["phash"]))
