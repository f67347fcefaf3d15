"""How old the last complete backup is, as the small files say that backups leave behind."""

import json
from datetime import UTC, datetime
from pathlib import Path

STATES = {"stores": "backup.json", "keys": "backup-keys.json"}
"""By the kind of backup: nothing can be put back without the other."""


def backup_age_s(data: Path, now: datetime) -> float | None:
    """Return the seconds since stores or keys, whichever is longer ago, were backed up whole.

    None where no backup is told of, or one that is still to come: the clock ran ahead when it was made.
    """
    ages = [_age_s(data / state, now) for state in STATES.values()]
    known = [age for age in ages if age is not None and age >= 0]
    return max(known) if len(known) == len(ages) else None


def _age_s(state: Path, now: datetime) -> float | None:
    try:
        told = json.loads(state.read_text(encoding="utf-8"))
        finished = datetime.fromisoformat(told["finished_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (now - finished.astimezone(UTC)).total_seconds()
