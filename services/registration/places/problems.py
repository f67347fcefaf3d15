"""What may be wrong with a place or a platform."""

from shared.errors import ProblemKind

SUBDISTRICT_UNKNOWN = ProblemKind(
    code="subdistrict-unknown",
    status=422,
    title_zh="没有这个街道",
    title_en="No such sub-district",
    detail_zh="代码 {code} 不是海淀区的街道或镇。请从 /api/registration/places/subdistricts 的列表中选择。",
    detail_en="{code} is the code of no sub-district of Haidian. "
    "Choose one from the list at /api/registration/places/subdistricts.",
)
PLATFORM_UNKNOWN = ProblemKind(
    code="platform-unknown",
    status=422,
    title_zh="没有这个平台",
    title_en="No such platform",
    detail_zh="没有代码为 {platform} 的平台。可选：{platforms}。都不是的话请选 other。",
    detail_en="There is no platform {platform}. Choose one of: {platforms}; other stands for any that is not listed.",
)
