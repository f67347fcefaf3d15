"""What may be wrong with whoever asks."""

from shared.errors import ProblemKind

RIDER_GONE = ProblemKind(
    code="rider-erased",
    status=403,
    title_zh="该骑手的数据已删除",
    title_en="This rider's data was erased",
    detail_zh="该骑手已要求删除个人数据，不能再上报。如需继续使用，请重新注册。",
    detail_en="The rider asked for erasure, so nothing can be reported any more. Sign up again to go on.",
)
CONSENT_DECLINED = ProblemKind(
    code="consent-declined",
    status=403,
    title_zh="您没有同意这一用途",
    title_en="You did not consent to this",
    detail_zh="您没有同意将照片用于上报，因此照片没有保存。可以只用文字上报，或先在同意设置中同意“{purpose}”。",
    detail_en="You declined that photos are kept with reports, so this one was not. "
    "Report in words, or consent to {purpose} first.",
)
