"""What may be wrong with a sign-in, a password, an invitation or a token."""

from shared.errors import ProblemKind

SIGN_IN_FAILED = ProblemKind(
    code="sign-in-failed",
    status=401,
    title_zh="登录失败",
    title_en="Signing in failed",
    detail_zh="账号、密码或动态口令不正确，或动态口令已用过。请核对后用下一个动态口令再试。",
    detail_en="Login, password or one-time password is not right, or the one-time password was used before. "
    "Check them and try with the next one-time password.",
)
NOT_IN_OFFICE = ProblemKind(
    code="not-in-office",
    status=403,
    title_zh="目前没有任职",
    title_en="You hold no office now",
    detail_zh="该账号的任职尚未开始、已经结束，或合作伙伴已停用，不能登录。请联系区管理员。",
    detail_en="The appointment has not begun, has ended, or the partner is not active, so nobody can sign in with it. "
    "Ask the district's administrator.",
)
NOT_REGISTERED = ProblemKind(
    code="not-registered",
    status=404,
    title_zh="该手机号尚未登记",
    title_en="The phone is not registered yet",
    detail_zh="验证码正确，但这个手机号还没有登记。请用同一个验证码到 /api/registration/riders 登记。",
    detail_en="The code is right, but nobody is registered with this phone. "
    "Sign up at /api/registration/riders with the same code.",
)
TOKEN_INVALID = ProblemKind(
    code="refresh-token-invalid",
    status=401,
    title_zh="登录状态已失效",
    title_en="The refresh token counts no more",
    detail_zh="刷新令牌无效、已过期、已使用或已撤销。请重新登录。",
    detail_en="The refresh token is unknown, expired, used or revoked. Sign in again.",
)
CLIENT_REFUSED = ProblemKind(
    code="client-refused",
    status=401,
    title_zh="客户端身份不正确",
    title_en="The client is not known",
    detail_zh="客户端编号或密钥不正确。请核对部署时配置的密钥。",
    detail_en="Client id or secret is not right. Check the secret that the deployment gave to the client.",
)
SCOPE_REFUSED = ProblemKind(
    code="scope-refused",
    status=403,
    title_zh="客户端无此权限",
    title_en="The client may not have this",
    detail_zh="客户端 {client} 不能获取服务 {target} 的 {scope} 权限。请只申请登记给它的权限。",
    detail_en="Client {client} may not have {scope} of service {target}. Ask only for what the client was granted.",
)
PASSWORD_WEAK = ProblemKind(
    code="password-weak",
    status=422,
    title_zh="密码太弱",
    title_en="The password is too weak",
    detail_zh="密码不能使用（{weakness}）：至少 12 个字符，不含账号名，不能是常见或有规律的字符。请换一个。",
    detail_en="The password cannot be used ({weakness}): take at least 12 characters, without the login, "
    "nothing common and no simple row of characters.",
)
LOGIN_INVALID = ProblemKind(
    code="login-invalid",
    status=422,
    title_zh="账号名格式不正确",
    title_en="Not a login",
    detail_zh="账号名须为 3 至 40 个小写字母、数字或 . _ -，并以字母或数字开头。请更改。",
    detail_en="A login has 3 to 40 lower-case letters, digits or . _ - and begins with a letter or digit. Change it.",
)
LOGIN_TAKEN = ProblemKind(
    code="login-taken",
    status=409,
    title_zh="账号名已被使用",
    title_en="The login is taken",
    detail_zh="账号名 {login} 已有人使用，不能重复。请换一个账号名。",
    detail_en="Somebody has the login {login} already. Choose another one.",
)
INVITATION_INVALID = ProblemKind(
    code="invitation-invalid",
    status=400,
    title_zh="邀请无效",
    title_en="The invitation counts no more",
    detail_zh="邀请不存在、已使用、已过期，或已被新的邀请代替。请向邀请人索取新的邀请。",
    detail_en="The invitation is unknown, used, expired, or replaced by a newer one. "
    "Ask whoever invited you for a new one.",
)
