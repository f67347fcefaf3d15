"""The language of an answer: Chinese unless the caller prefers English."""

from typing import Literal

Language = Literal["zh-CN", "en"]
DEFAULT: Language = "zh-CN"
RANGES_MAX = 20


def choose_language(accept_language: str | None) -> Language:
    """Return the better liked of the two languages; Chinese where the header says nothing that can be read."""
    liked = {"zh": 0.0, "en": 0.0}
    for part in (accept_language or "").split(",")[:RANGES_MAX]:
        name, _, quality = part.strip().partition(";q=")
        primary = name.strip().lower().partition("-")[0]
        if primary in liked:
            liked[primary] = max(liked[primary], _quality(quality))
    return "en" if liked["en"] > liked["zh"] else DEFAULT


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
