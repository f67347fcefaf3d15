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
PRICE_TOO_LOW = ProblemKind(
    code="offer-price-too-low",
    status=422,
    title_zh="兑换所需积分过低",
    title_en="The price is too low",
    detail_zh="积分在全区通用，街道的兑换项目（类型 {offer_kind}）不得低于 {points_min} 分，没有保存。"
    "请提高所需积分，或请区级工作人员设定更低的积分。",
    detail_en="Points are good in the whole district, so a sub-district's offer of kind {offer_kind} costs at least "
    "{points_min} points, and nothing was kept. Ask for more points, or let district staff set a lower price.",
)
OFFER_ELSEWHERE = ProblemKind(
    code="offer-elsewhere",
    status=403,
    title_zh="兑换项目限本街道骑手",
    title_en="The offer is for riders of one sub-district",
    detail_zh="兑换项目 {offer_id} 只面向{place}的骑手，没有扣除积分。请选择全区或本街道的兑换项目。",
    detail_en="Offer {offer_id} is for riders of {place} only, so no points were taken. "
    "Choose an offer of the district or of your own sub-district.",
)
OFFER_CLOSED = ProblemKind(
    code="offer-closed",
    status=409,
    title_zh="兑换项目已停用",
    title_en="The offer is closed",
    detail_zh="兑换项目 {offer_id} 已停用，没有扣除积分。请选择其他兑换项目。",
    detail_en="Offer {offer_id} is closed, so no points were taken. Choose another offer.",
)
