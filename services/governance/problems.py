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
OFFICE_ENDED = ProblemKind(
    code="office-ended",
    status=403,
    title_zh="您的任职已结束",
    title_en="Your appointment has ended",
    detail_zh="您在该街道的任职已结束，不能再处理上报。请重新登录；如有误，请联系区级管理员。",
    detail_en="Your appointment there has ended, so you cannot decide about reports any more. "
    "Sign in again, or ask a district administrator if this is wrong.",
)
