"""How old the last complete backup is, as the small file says that a backup leaves behind."""

import json
from datetime import UTC, datetime
from pathlib import Path

STATE = "backup.json"


def backup_age_s(data: Path, now: datetime) -> float | None:
    """Return the seconds since the last backup of a data folder was complete; None where none is told of."""
    try:
        told = json.loads((data / STATE).read_text(encoding="utf-8"))
        finished = datetime.fromisoformat(told["finished_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (now - finished.astimezone(UTC)).total_seconds()
