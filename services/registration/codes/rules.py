"""What a code is and for how long it counts."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.validity import valid_at

MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")
FILLERS = str.maketrans("", "", " -()\t")


@dataclass(frozen=True)
class CodeRule:
    """How long a code is, how long it counts and how many tries it has, from a day on."""

    valid_from: date
    digits: int
    lifetime: timedelta
    tries: int


RULES = (CodeRule(date(2024, 1, 1), digits=6, lifetime=timedelta(minutes=5), tries=5),)


def code_rule(moment: datetime) -> CodeRule:
    """Return the rule of the moment's day in Asia/Shanghai; before the first one, the first."""
    return valid_at(RULES, moment)


def normalised_phone(text: str) -> str | None:
    """Return a mainland mobile number as its 11 digits, None for anything else.

    Spaces, hyphens, brackets, full-width digits and the prefixes +86, 0086 and 86 are understood.
    """
    found = MOBILE.fullmatch(unicodedata.normalize("NFKC", text).translate(FILLERS))
    return found.group(1) if found else None


def message(code: str, language: str, lifetime: timedelta) -> str:
    """Return the text that carries a code."""
    minutes = int(lifetime.total_seconds() // 60)
    if language == "en":
        return f"[Cheqi] Your code is {code}, valid for {minutes} minutes. Tell it to nobody."
    return f"【车骑】验证码 {code}，{minutes} 分钟内有效，请勿告诉他人。"
