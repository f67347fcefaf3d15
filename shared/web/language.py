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


NOUNS_ZH = {
    "category": "类别",
    "certificate": "证书",
    "class": "班次",
    "consent": "授权",
    "course": "课程",
    "entry": "分录",
    "erasure": "注销申请",
    "hazard": "隐患上报",
    "hold": "冻结积分",
    "lot": "积分批次",
    "notice": "通知",
    "offer": "兑换项目",
    "order": "点单",
    "partner": "合作商户",
    "photo": "照片",
    "redemption": "核销",
    "registration": "登记",
    "rider": "骑手",
    "staff": "工作人员",
    "voucher": "志愿服务券",
}
"""What problems speak of, as a Chinese text names it."""
