"""What may be wrong with a consent."""

from shared.errors import ProblemKind

PURPOSE_UNKNOWN = ProblemKind(
    code="consent-purpose-unknown",
    status=422,
    title_zh="没有这个用途",
    title_en="No such purpose",
    detail_zh="没有名为 {purpose} 的用途，无法记录同意。可选用途：{purposes}。",
    detail_en="There is no purpose {purpose} to consent to. Choose one of: {purposes}.",
)
PURPOSE_TWICE = ProblemKind(
    code="consent-purpose-twice",
    status=422,
    title_zh="同一用途出现了两次",
    title_en="A purpose was named twice",
    detail_zh="用途 {purpose} 出现了不止一次，无法判断以哪个为准。每个用途请只写一次。",
    detail_en="Purpose {purpose} was answered more than once, so it is not clear what counts. Name each purpose once.",
)
CONSENT_NEEDED = ProblemKind(
    code="consent-needed",
    status=422,
    title_zh="缺少必需的同意",
    title_en="A needed consent is missing",
    detail_zh="没有同意以下必需用途，无法登记：{missing}。请阅读文字后同意，或放弃登记。",
    detail_en="Nobody can be registered without consent to: {missing}. Read the wording and agree, or do not sign up.",
)
CONSENT_KEPT = ProblemKind(
    code="consent-cannot-be-withdrawn",
    status=409,
    title_zh="这项同意不能单独撤回",
    title_en="This consent cannot be withdrawn by itself",
    detail_zh="没有用途 {purpose} 的同意就无法提供服务。如要撤回，请注销账号（DELETE /api/registration/riders/me）。",
    detail_en="Nothing can be served without consent to {purpose}. To withdraw it, have your data erased "
    "(DELETE /api/registration/riders/me).",
)
WORDING_OUTDATED = ProblemKind(
    code="consent-wording-outdated",
    status=409,
    title_zh="同意书文字已更新",
    title_en="The wording has changed",
    detail_zh="您同意的是 {wording}，现行文字是 {current}。请重新阅读后再同意。",
    detail_en="You agreed to {wording}, but the wording in force is {current}. Read that one and agree again.",
)
