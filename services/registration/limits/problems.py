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
