"""Refusals: each has a stable code, a status, and texts that say what, why and what to do."""

from dataclasses import dataclass


class ConfigurationError(RuntimeError):
    """A setting is missing or wrong; the text says which, why, and what to set."""


@dataclass(frozen=True)
class ProblemKind:
    """One way in which a request can be refused; `detail` texts are templates over the facts of the case."""

    code: str
    status: int
    title_zh: str
    title_en: str
    detail_zh: str
    detail_en: str

    def __call__(self, **facts: object) -> "Refusal":
        """Return the refusal to raise; the facts fill the texts and stand in the answer."""
        return Refusal(self, facts)


class Refusal(Exception):  # noqa: N818 - the refusal of a request is no error of the program
    """A request that is refused."""

    def __init__(self, kind: ProblemKind, facts: dict[str, object]) -> None:
        super().__init__(kind.code)
        self.kind, self.facts = kind, facts


UNAUTHORISED = ProblemKind(
    "unauthorised",
    401,
    "需要登录",
    "Sign in first",
    "请求没有有效的访问令牌。请重新登录后再试。",
    "The request carries no valid access token. Sign in again and repeat it.",
)
UNVERIFIABLE = ProblemKind(
    "unverifiable",
    503,
    "暂时无法验证登录",
    "Sign-in cannot be checked",
    "注册服务的公钥暂时无法取得，本次请求没有生效。请稍后重试，无需重新登录。",
    "The keys that access tokens are checked with cannot be fetched for the moment; nothing was done. "
    "Try again soon; there is no need to sign in again.",
)
FORBIDDEN = ProblemKind(
    "forbidden",
    403,
    "没有权限",
    "Not allowed",
    "您的角色不能进行此操作。如需权限，请联系区级管理员。",
    "Your role may not do this. Ask a district administrator if it should.",
)
NOT_FOUND = ProblemKind(
    "not-found",
    404,
    "未找到",
    "Not found",
    "没有这个{kind}，或您无权查看：{id}。请检查编号。",
    "There is no such {kind}, or you may not see it: {id}. Check the id.",
)
