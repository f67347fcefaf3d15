"""What may be wrong with a request about an offer."""

from shared.errors import ProblemKind

KIND_UNKNOWN = ProblemKind(
    code="offer-kind-unknown",
    status=422,
    title_zh="没有这种兑换项目",
    title_en="There is no such kind of offer",
    detail_zh="兑换项目类型 {offer_kind} 不在目录中。请从以下类型中选择：{kinds}。",
    detail_en="Offers of kind {offer_kind} are not in the catalogue. Choose one of: {kinds}.",
)
OFFER_CLOSED = ProblemKind(
    code="offer-closed",
    status=409,
    title_zh="兑换项目已停用",
    title_en="The offer is closed",
    detail_zh="兑换项目 {offer_id} 已停用，没有扣除积分。请选择其他兑换项目。",
    detail_en="Offer {offer_id} is closed, so no points were taken. Choose another offer.",
)
