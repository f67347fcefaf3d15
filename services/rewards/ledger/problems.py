"""What may be wrong with a request about points."""

from shared.errors import ProblemKind

ACCOUNT_ERASED = ProblemKind(
    code="account-erased",
    status=410,
    title_zh="账户已注销",
    title_en="The account was erased",
    detail_zh="您的数据已按您的要求删除，积分账户不复存在。如要继续使用，请重新注册。",
    detail_en="Your data was deleted as you asked, and your points account with it. Sign up again to go on.",
)
POINTS_SHORT = ProblemKind(
    code="points-short",
    status=409,
    title_zh="积分不足",
    title_en="Not enough points",
    detail_zh="需要 {needed} 积分，可用 {available} 积分，因此没有扣除。请先赚取积分或选择其他兑换项目。",
    detail_en="This takes {needed} points and {available} may be spent, so nothing was taken. "
    "Earn more points first, or choose another offer.",
)
NOT_REVERSIBLE = ProblemKind(
    code="entry-not-reversible",
    status=409,
    title_zh="该分录不能冲正",
    title_en="The entry cannot be reversed",
    detail_zh="分录 {entry_id} 的类型是 {entry_kind}，只有入账（award）可以冲正。"
    "要退回已消费的积分，请作废对应的兑换券。",
    detail_en="Entry {entry_id} is of kind {entry_kind}, and only an award can be reversed. "
    "To give back points that were spent, void the voucher.",
)
ALREADY_REVERSED = ProblemKind(
    code="entry-reversed",
    status=409,
    title_zh="该分录已冲正",
    title_en="The entry is reversed already",
    detail_zh="分录 {entry_id} 已由分录 {reversal_id} 冲正。无需再次冲正。",
    detail_en="Entry {entry_id} was reversed by entry {reversal_id}. There is nothing left to reverse.",
)
PARTLY_USED = ProblemKind(
    code="points-partly-used",
    status=409,
    title_zh="积分已被使用",
    title_en="The points are used in part",
    detail_zh="分录 {entry_id} 入账 {points} 积分，只剩 {left}，其余已使用、预留或过期，因此没有冲正。"
    "请先作废用这些积分换取的兑换券。",
    detail_en="Entry {entry_id} gave {points} points, of which {left} are left; the rest is spent, reserved or "
    "expired, so nothing was reversed. Void the vouchers that they were spent on first.",
)
