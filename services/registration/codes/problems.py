"""What may be wrong with a phone or a code."""

from shared.errors import ProblemKind

PHONE_INVALID = ProblemKind(
    code="phone-invalid",
    status=422,
    title_zh="手机号不正确",
    title_en="Not a mobile number",
    detail_zh="这不是中国大陆手机号，无法发送验证码。请填写 11 位手机号，例如 138 开头。",
    detail_en="This is no mainland mobile number, so no code can be sent to it. "
    "Give the 11 digits that begin with 13 to 19.",
)
CODE_UNKNOWN = ProblemKind(
    code="code-unknown",
    status=400,
    title_zh="没有这次验证码请求",
    title_en="No such code was asked for",
    detail_zh="没有为这个手机号发起过该验证码请求，或请求已过期清除。请重新获取验证码。",
    detail_en="No code with this request id was asked for with this phone, or it is long past. Ask for a new code.",
)
CODE_WRONG = ProblemKind(
    code="code-wrong",
    status=400,
    title_zh="验证码错误",
    title_en="The code is wrong",
    detail_zh="输入的验证码与短信不符，还可以再试 {tries_left} 次。请核对最新一条短信。",
    detail_en="The code is not the one that was sent; {tries_left} tries are left. Check the latest message.",
)
CODE_EXPIRED = ProblemKind(
    code="code-expired",
    status=400,
    title_zh="验证码已过期",
    title_en="The code has expired",
    detail_zh="验证码已于 {expired_at} 过期，不能再使用。请重新获取验证码。",
    detail_en="The code expired at {expired_at} and counts no more. Ask for a new code.",
)
CODE_USED = ProblemKind(
    code="code-used",
    status=400,
    title_zh="验证码已使用",
    title_en="The code was used already",
    detail_zh="每个验证码只能用一次，这个已经用过。请重新获取验证码。",
    detail_en="A code counts once, and this one was used. Ask for a new code.",
)
CODE_SPENT = ProblemKind(
    code="code-tries-spent",
    status=400,
    title_zh="验证码试错次数已用完",
    title_en="No tries are left for this code",
    detail_zh="输错次数太多，这个验证码已作废。请重新获取验证码。",
    detail_en="The code was tried wrongly too often and counts no more. Ask for a new code.",
)
SMS_FAILED = ProblemKind(
    code="sms-failed",
    status=502,
    title_zh="短信暂时发不出去",
    title_en="The message could not be sent",
    detail_zh="短信通道暂时出错，验证码没有发出。请在 {retry_after_s} 秒后重新获取。",
    detail_en="The SMS channel failed, so the code was not sent. Ask again in {retry_after_s} seconds.",
)
