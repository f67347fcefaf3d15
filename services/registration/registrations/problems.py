"""What may keep a rider from being registered."""

from shared.errors import ProblemKind

PHONE_ELSEWHERE = ProblemKind(
    code="phone-registered-elsewhere",
    status=409,
    title_zh="该手机号已在其他街道登记",
    title_en="The phone is registered elsewhere",
    detail_zh="这个手机号已经在另一个街道登记，不能重复登记。请骑手自行登录，或请原街道办理迁移。",
    detail_en="This phone is registered in another sub-district, so it cannot be registered again. "
    "Let the rider sign in, or ask the other sub-district to move the rider.",
)
