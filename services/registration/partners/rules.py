"""The kinds of partners; the code is what offers and events name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PartnerKind:
    """A kind of partner."""

    code: str
    title_zh: str
    title_en: str


PARTNER_KINDS = {
    kind.code: kind
    for kind in (
        PartnerKind("laundry", "洗衣", "Laundry"),
        PartnerKind("haircut", "理发", "Haircut"),
        PartnerKind("meal", "餐饮", "Meals"),
        PartnerKind("health-check", "体检", "Health checks"),
        PartnerKind("legal-aid", "法律援助", "Legal aid"),
        PartnerKind("tutoring", "助学", "Tutoring"),
        PartnerKind("insurance", "保险", "Insurance"),
        PartnerKind("cool-down", "纳凉", "Cool-down spot"),
        PartnerKind("other", "其他", "Other"),
    )
}
