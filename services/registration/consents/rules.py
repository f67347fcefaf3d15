"""The purposes that a rider may consent to, and their wordings, each valid from a day on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from shared.clock import local_day


@dataclass(frozen=True)
class Wording:
    """The words that a rider agrees to, by an id that never changes its meaning."""

    id: str
    valid_from: date
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Purpose:
    """What personal data is used for; a `needed` one cannot be declined by who wants to take part."""

    code: str
    needed: bool
    title_zh: str
    title_en: str
    wordings: tuple[Wording, ...]

    def wording_at(self, moment: datetime) -> Wording:
        """Return the wording of the moment's day in Asia/Shanghai; before the first one, the first."""
        valid = [wording for wording in self.wordings if wording.valid_from <= local_day(moment)]
        return valid[-1] if valid else self.wordings[0]

    def knows(self, wording_id: str) -> bool:
        """Tell whether a wording was ever one of the purpose's."""
        return any(wording.id == wording_id for wording in self.wordings)


SINCE = date(2024, 1, 1)
PURPOSES: Mapping[str, Purpose] = {
    purpose.code: purpose
    for purpose in (
        Purpose(
            code="service",
            needed=True,
            title_zh="提供基本服务",
            title_en="Basic service",
            wordings=(
                Wording(
                    "service-1",
                    SINCE,
                    "同意街道为提供随手拍、积分、课程和通知服务，保存我的手机号、平台和所属街道。",
                    "I agree that my phone, platform and sub-district are kept to serve my reports, points, classes "
                    "and notices.",
                ),
            ),
        ),
        Purpose(
            code="precise-location",
            needed=False,
            title_zh="精确位置",
            title_en="Precise location",
            wordings=(
                Wording(
                    "precise-location-1",
                    SINCE,
                    "同意在我上报隐患时使用精确位置，仅供所属街道核实。",
                    "I agree that the exact place of my reports is used by the sub-district that checks them.",
                ),
            ),
        ),
        Purpose(
            code="sms-notices",
            needed=False,
            title_zh="短信通知",
            title_en="Notices by SMS",
            wordings=(
                Wording(
                    "sms-notices-1",
                    SINCE,
                    "同意用短信接收通知。",
                    "I agree to receive notices by SMS.",
                ),
            ),
        ),
        Purpose(
            code="photo",
            needed=False,
            title_zh="照片",
            title_en="Photos",
            wordings=(
                Wording(
                    "photo-1",
                    SINCE,
                    "同意保存我上报隐患时拍摄的照片（去除位置等信息并加密），供核实使用。",
                    "I agree that photos of my reports are kept, encrypted and without hidden data, to check them.",
                ),
            ),
        ),
    )
}


def missing_purposes(granted: Iterable[str]) -> list[str]:
    """Return the needed purposes that are not among the granted ones."""
    return sorted({purpose.code for purpose in PURPOSES.values() if purpose.needed} - set(granted))
