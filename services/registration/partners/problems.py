"""What may be wrong with a partner."""

from shared.errors import ProblemKind

PARTNER_KIND_UNKNOWN = ProblemKind(
    code="partner-kind-unknown",
    status=422,
    title_zh="没有这种合作伙伴类型",
    title_en="No such kind of partner",
    detail_zh="没有类型 {partner_kind}。可选：{kinds}。",
    detail_en="There is no kind of partner {partner_kind}. Choose one of: {kinds}.",
)
