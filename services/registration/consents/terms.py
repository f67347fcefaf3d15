"""Checks what is said of purposes before it is kept."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from services.registration.consents import problems
from services.registration.consents.rules import PURPOSES, Purpose, missing_purposes
from services.registration.schemas import ConsentGiven


def get_purpose(code: str) -> Purpose:
    """Return a purpose; raises PURPOSE_UNKNOWN."""
    if code not in PURPOSES:
        raise problems.PURPOSE_UNKNOWN(purpose=code, purposes=list(PURPOSES))
    return PURPOSES[code]


def ensure_wording(purpose: Purpose, wording: str, moment: datetime, *, granted: bool) -> None:
    """Raise WORDING_OUTDATED unless the wording is the one in force, or a consent to a known one is withdrawn."""
    current = purpose.wording_at(moment).id
    if wording != current and (granted or not purpose.knows(wording)):
        raise problems.WORDING_OUTDATED(wording=wording, current=current)


def ensure_answers(answers: Sequence[ConsentGiven], moment: datetime) -> None:
    """Raise the problem that keeps a rider with these answers from being registered."""
    for code, count in Counter(answer.purpose for answer in answers).items():
        if count > 1:
            raise problems.PURPOSE_TWICE(purpose=code)
    for answer in answers:
        purpose = get_purpose(answer.purpose)
        wording = answer.wording or purpose.wording_at(moment).id
        ensure_wording(purpose, wording, moment, granted=answer.granted)
    missing = missing_purposes(answer.purpose for answer in answers if answer.granted)
    if missing:
        raise problems.CONSENT_NEEDED(missing=missing)
