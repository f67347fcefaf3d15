"""What is written being on the disk itself, and not in its cache only."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Return once what was written of a file, or the names in a folder, would outlive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
