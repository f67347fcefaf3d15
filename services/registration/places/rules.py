"""The platform companies that riders work for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    """A platform company, by the code that events carry."""

    code: str
    title_zh: str
    title_en: str


PLATFORMS = {
    platform.code: platform
    for platform in (
        Platform("meituan", "美团", "Meituan"),
        Platform("eleme", "饿了么", "Ele.me"),
        Platform("jd", "京东", "JD"),
        Platform("sf", "顺丰同城", "SF"),
        Platform("other", "其他", "Other"),
    )
}
