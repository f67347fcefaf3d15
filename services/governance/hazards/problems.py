"""What may be wrong with a report."""

from shared.errors import ProblemKind

UNKNOWN_COMMUNITY = ProblemKind(
    code="unknown-community",
    status=422,
    title_zh="没有这个社区",
    title_en="No such community",
    detail_zh="海淀区没有代码为 {community} 的社区，无法确定由哪个街道受理，上报未提交。请从社区列表中选择后重试。",
    detail_en="Haidian has no community {community}, so no sub-district would own the report and nothing was reported. "
    "Choose one from the list of communities and try again.",
)
TOO_MANY_REPORTS = ProblemKind(
    code="too-many-reports",
    status=429,
    title_zh="今天的上报已达上限",
    title_en="No more reports today",
    detail_zh="您今天已上报 {limit} 条，已达每日上限，以便工作人员逐条核实；本条没有提交。"
    "请在 {again_at}（北京时间）之后再报；紧急情况请拨打 110 或 119。",
    detail_en="You have made {limit} reports today. That is the most for one day, so that staff can look at each, "
    "and this one was not taken. Report again from {again_at}, Beijing time; in an emergency call 110 or 119.",
)
POINT_IMPLAUSIBLE = ProblemKind(
    code="point-implausible",
    status=422,
    title_zh="位置不在北京一带",
    title_en="The point is nowhere near Beijing",
    detail_zh="所报位置不在北纬 {south}–{north} 度、东经 {west}–{east} 度之内。"
    "请检查经纬度是否颠倒、定位是否成功，然后重试。",
    detail_en="The point is outside {south}..{north} N, {west}..{east} E. Check that latitude and longitude are not "
    "swapped and that the phone had a fix, and try again.",
)
TOO_MANY_CHANGES = ProblemKind(
    code="too-many-changes",
    status=409,
    title_zh="该上报不能再更正",
    title_en="The report cannot be corrected any more",
    detail_zh="上报 {hazard_id} 已更正 {limit} 次，已达上限，本次更正没有保存。请等待工作人员处理，或另行上报。",
    detail_en="Report {hazard_id} was corrected {limit} times, which is the most, and this correction was not kept. "
    "Wait for staff to look at it, or make another report.",
)
ALREADY_DECIDED = ProblemKind(
    code="hazard-already-decided",
    status=409,
    title_zh="该上报已处理",
    title_en="The report has been decided",
    detail_zh="上报 {hazard_id} 的状态是 {state}（{outcome}），本次操作没有生效。请刷新后查看处理结果。",
    detail_en="Report {hazard_id} is {state} ({outcome}), so nothing was changed. "
    "Load it again to see what was decided.",
)
