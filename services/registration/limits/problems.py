"""What is said when a limit is reached."""

from shared.errors import ProblemKind

TOO_MANY = ProblemKind(
    code="too-many-tries",
    status=429,
    title_zh="操作太频繁",
    title_en="Too many tries",
    detail_zh="为防止滥用，次数已达上限。请在 {retry_after_s} 秒后再试。",
    detail_en="The limit that protects riders and the district from misuse was reached. "
    "Try again in {retry_after_s} seconds.",
)
TOO_MANY_CHANGES = ProblemKind(
    code="too-many-own-changes",
    status=429,
    title_zh="更改次数已达上限",
    title_en="No more changes for now",
    detail_zh="您在 24 小时内已更改 {limit} 次，已达上限：每次更改都会通知各项服务并永久记录。"
    "本次更改没有保存，请在 {retry_after_s} 秒后再试。",
    detail_en="You made {limit} such changes within 24 hours, which is the most, for each is told to other services "
    "and recorded for ever. This one was not kept. Change it in {retry_after_s} seconds.",
)
