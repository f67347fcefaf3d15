"""The program that looks at a stranger's bytes in a process of its own, with little to lose and little to spend.

It reads the bytes from standard input and writes one line of JSON, followed by the JPEG where there is one.
"""

import json
import resource
import sys
from contextlib import suppress
from pathlib import Path

CPU_MAX_S = 10
MEMORY_MAX_BYTES = 1024 * 1024 * 1024
BYTES_READ_MAX = 9 * 1024 * 1024


def main() -> None:
    """Clean one photo under limits that hold before the first byte is looked at."""
    _limit()
    from shared.photos.cleaning import clean  # noqa: PLC0415 - the limits hold for Pillow's own start too
    from shared.photos.picture import CostlyPhotoError, PhotoError  # noqa: PLC0415 - the same

    try:
        photo = clean(sys.stdin.buffer.read(BYTES_READ_MAX))
    except PhotoError as error:
        _answer({"refused": error.code})
    except MemoryError:
        _answer({"refused": CostlyPhotoError.code})
    else:
        _answer({"width": photo.width, "height": photo.height, "phash": photo.phash}, photo.jpeg)


def _limit() -> None:
    """Let the process neither run long, nor grow large, nor write a file, nor leave a core behind."""
    # Where memory ends, Linux is to take this process and not the one that waits for it.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    limits = {
        resource.RLIMIT_CPU: CPU_MAX_S,
        resource.RLIMIT_AS: MEMORY_MAX_BYTES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def _answer(facts: dict[str, int | str], content: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
