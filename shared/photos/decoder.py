"""Looking at photos in processes of their own: what a hostile file breaks is not the service."""

import json
import subprocess
import sys
from pathlib import Path

from shared.photos.picture import (
    BODY_MAX_BYTES,
    REFUSALS,
    CleanPhoto,
    CostlyPhotoError,
    PhotoTooLargeError,
)

RUN_MAX_S = 15
ROOT = Path(__file__).parents[2]


def inspect_apart(body: bytes) -> CleanPhoto:
    """Return what is kept of a photo, decoded under limits of time and memory; raises PhotoError."""
    if len(body) > BODY_MAX_BYTES:
        raise PhotoTooLargeError
    return _read(_decode(body))


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
