"""The process that decodes strangers' bytes: it is given little, may do little, and its end is not ours."""

import os
import subprocess
import sys
from typing import Any

import pytest

from shared.photos import decoder
from shared.photos.decode import CPU_MAX_S
from shared.photos.decoder import ROOT, inspect_apart
from shared.photos.picture import CostlyPhotoError
from tests.component.governance.pictures import jpeg

LIMITED = "from shared.photos import decode; decode._limit(); "


def run_limited(deed: str) -> subprocess.CompletedProcess[bytes]:
    """Do something under the limits of the decoder."""
    command = [sys.executable, "-c", LIMITED + deed]
    return subprocess.run(command, capture_output=True, check=False, cwd=ROOT, timeout=60)  # noqa: S603 - our own words


def test_the_decoder_cannot_grow_beyond_its_memory() -> None:
    done = run_limited("bytearray(2 * 1024**3)")

    assert b"MemoryError" in done.stderr


def test_the_decoder_cannot_run_beyond_its_time() -> None:
    done = run_limited("import resource; print(resource.getrlimit(resource.RLIMIT_CPU))")

    assert done.stdout.decode().strip() == str((CPU_MAX_S, CPU_MAX_S))


def test_the_decoder_cannot_write_files(tmp_path: os.PathLike[str]) -> None:
    path = os.path.join(tmp_path, "written")  # noqa: PTH118 - spelled into a program's text

    done = run_limited(f"print('x' * 10000, file=open({path!r}, 'w'), flush=True)")

    assert b"File too large" in done.stderr


def test_a_photo_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "RUN_MAX_S", 0.001)

    with pytest.raises(CostlyPhotoError):
        inspect_apart(jpeg())


def test_a_decoder_that_dies_refuses_the_photo_and_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(CostlyPhotoError):
        inspect_apart(jpeg())

    monkeypatch.undo()

    assert inspect_apart(jpeg()).width == 800


def test_the_decoder_does_not_see_the_service_s_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    really = subprocess.run
    monkeypatch.setenv("CHEQI_MASTER_KEY", "secret")

    def run(*args: Any, **options: Any) -> object:
        seen.append(options["env"])
        return really(*args, **options)

    monkeypatch.setattr(subprocess, "run", run)
    inspect_apart(jpeg())

    assert seen == [{"PYTHONPATH": str(ROOT)}]
