"""What may keep a rider from being registered."""

from shared.errors import ProblemKind

PHONE_RESTS = ProblemKind(
    code="phone-rests",
    status=409,
    title_zh="该手机号暂不能登记",
    title_en="The phone cannot be registered yet",
    detail_zh="该手机号的资料刚刚按要求删除，24 小时内不能重新登记。请在 {free_from} 之后再登记。",
    detail_en="What was kept with this phone was erased less than 24 hours ago, so it cannot be registered yet. "
    "Register it after {free_from}.",
)
PHONE_ELSEWHERE = ProblemKind(
    code="phone-registered-elsewhere",
    status=409,
    title_zh="该手机号已在其他街道登记",
    title_en="The phone is registered elsewhere",
    detail_zh="这个手机号已经在另一个街道登记，不能重复登记。请骑手自行登录，或请原街道办理迁移。",
    detail_en="This phone is registered in another sub-district, so it cannot be registered again. "
    "Let the rider sign in, or ask the other sub-district to move the rider.",
)
