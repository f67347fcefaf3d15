"""What may be wrong when a partner takes a voucher."""

from shared.errors import ProblemKind

PARTNER_INACTIVE = ProblemKind(
    code="partner-inactive",
    status=403,
    title_zh="商户未在合作名单中",
    title_en="The partner does not take part",
    detail_zh="您的商户不在有效的合作名单中，不能核销。如刚刚加入，请稍后再试；否则请联系区级工作人员。",
    detail_en="Your partner is not on the list of those that take part. If it joined just now, try again in a moment; "
    "otherwise ask district staff.",
)
KIND_DIFFERS = ProblemKind(
    code="voucher-of-another-kind",
    status=403,
    title_zh="不是本商户的兑换券",
    title_en="The voucher is for another kind of partner",
    detail_zh="该券类型为 {voucher_kind}，您的商户类型为 {partner_kind}，不能核销。请骑手到相应类型的商户使用。",
    detail_en="The voucher is for {voucher_kind} and your partner offers {partner_kind}. "
    "The rider may use it at a partner of that kind.",
)
CODE_UNKNOWN = ProblemKind(
    code="voucher-code-unknown",
    status=404,
    title_zh="没有这个券码",
    title_en="There is no voucher with this code",
    detail_zh="没有以此券码发放的兑换券。请对照骑手手机逐位核对 10 位券码；输错次数有限制。",
    detail_en="No voucher was issued with this code. Compare its ten characters with the rider's screen, one by one; "
    "the number of wrong codes is limited.",
)
TOO_MANY_WRONG_CODES = ProblemKind(
    code="too-many-wrong-codes",
    status=429,
    title_zh="输错券码次数过多",
    title_en="Too many wrong codes",
    detail_zh="此账号在一小时内输错券码次数已达上限 {wrong_codes_max} 次。"
    "请在 {retry_after_s} 秒后再试，或请同事代为核销。",
    detail_en="This account has entered {wrong_codes_max} wrong codes within an hour, which is the limit. "
    "Try again in {retry_after_s} seconds, or let a colleague redeem the voucher.",
)
UNDO_TOO_LATE = ProblemKind(
    code="undo-too-late",
    status=409,
    title_zh="已超过撤回时限",
    title_en="It is too late to undo",
    detail_zh="该核销只能在 {undo_until} 之前撤回。如确需更正，请骑手联系所在街道。",
    detail_en="The redemption could be undone until {undo_until}. If it must be put right, "
    "the rider's sub-district can help.",
)
ALREADY_UNDONE = ProblemKind(
    code="redemption-undone",
    status=409,
    title_zh="核销已撤回",
    title_en="The redemption is undone already",
    detail_zh="该核销已于 {undone_at} 撤回，兑换券仍归骑手。无需再次撤回。",
    detail_en="The redemption was undone at {undone_at} and the voucher is the rider's again. "
    "There is nothing left to undo.",
)
RIDER_ERASED = ProblemKind(
    code="voucher-without-rider",
    status=409,
    title_zh="兑换券的骑手已注销",
    title_en="The voucher's rider was erased",
    detail_zh="该券的骑手数据已删除，核销不能撤回。无需其他操作。",
    detail_en="The rider of this voucher was erased, so there is nobody to give it back to. "
    "Nothing else is to be done.",
)
