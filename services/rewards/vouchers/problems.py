"""What may be wrong with a request about a voucher; each state that is in the way has a problem of its own."""

from shared.errors import ProblemKind

RESERVATION_ENDED = ProblemKind(
    code="reservation-ended",
    status=409,
    title_zh="预留已结束",
    title_en="The reservation has ended",
    detail_zh="兑换券 {voucher_id} 的预留已于 {ended_at} 结束，积分已退回。请重新预留。",
    detail_en="The reservation of voucher {voucher_id} ended at {ended_at} and the points went back. "
    "Reserve a voucher again.",
)
NOT_ISSUED = ProblemKind(
    code="voucher-not-issued",
    status=409,
    title_zh="兑换券尚未发放",
    title_en="The voucher is not issued yet",
    detail_zh="兑换券 {voucher_id} 只是预留，{reserved_until} 前未发放会自动释放。请先发放。",
    detail_en="Voucher {voucher_id} is only reserved; unless it is issued it is released at {reserved_until}. "
    "Issue it first.",
)
ALREADY_ISSUED = ProblemKind(
    code="voucher-issued",
    status=409,
    title_zh="兑换券已发放",
    title_en="The voucher is issued already",
    detail_zh="兑换券 {voucher_id} 已于 {issued_at} 发放。请在“我的兑换券”中查看。",
    detail_en="Voucher {voucher_id} was issued at {issued_at}. Find it among your vouchers.",
)
ALREADY_REDEEMED = ProblemKind(
    code="voucher-redeemed",
    status=409,
    title_zh="兑换券已使用",
    title_en="The voucher was redeemed",
    detail_zh="兑换券 {voucher_id} 已于 {ended_at} 核销，不能再次使用。请骑手换一张券。",
    detail_en="Voucher {voucher_id} was redeemed at {ended_at} and is good for one time only. "
    "Ask the rider for another one.",
)
VOUCHER_EXPIRED = ProblemKind(
    code="voucher-expired",
    status=409,
    title_zh="兑换券已过期",
    title_en="The voucher has expired",
    detail_zh="兑换券 {voucher_id} 已于 {expires_at} 过期。请骑手换一张券。",
    detail_en="Voucher {voucher_id} expired at {expires_at}. Ask the rider for another one.",
)
VOUCHER_VOID = ProblemKind(
    code="voucher-void",
    status=409,
    title_zh="兑换券已作废",
    title_en="The voucher is void",
    detail_zh="兑换券 {voucher_id} 已于 {ended_at} 作废，原因代码 {reason}。请骑手联系所在街道。",
    detail_en="Voucher {voucher_id} was voided at {ended_at}, reason {reason}. The rider's sub-district can say more.",
)
