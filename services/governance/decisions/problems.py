"""What may be wrong with a decision; one that was made already is a problem of the report."""

from shared.errors import ProblemKind

OWN_REPORT = ProblemKind(
    code="own-report",
    status=403,
    title_zh="不能处理自己的上报",
    title_en="The report is your own",
    detail_zh="上报 {hazard_id} 是您本人提交的，须由其他工作人员处理。请转交同事。",
    detail_en="Report {hazard_id} is your own, so somebody else has to decide about it. Hand it to a colleague.",
)
MERGED_INTO_ITSELF = ProblemKind(
    code="merged-into-itself",
    status=422,
    title_zh="不能合并到自身",
    title_en="A report cannot be merged into itself",
    detail_zh="两个编号都是 {hazard_id}。请填写保留的另一条上报的编号。",
    detail_en="Both ids are {hazard_id}. Give the id of the other report, the one that survives.",
)
SURVIVOR_REJECTED = ProblemKind(
    code="survivor-rejected",
    status=409,
    title_zh="目标上报已被驳回",
    title_en="That report was rejected",
    detail_zh="上报 {hazard_id} 已被驳回（{reason}），不能合并到它。请另选一条，或直接处理本条上报。",
    detail_en="Report {hazard_id} was rejected ({reason}), so nothing can be merged into it. "
    "Choose another one, or decide about this report by itself.",
)
SURVIVOR_MERGED = ProblemKind(
    code="survivor-merged",
    status=409,
    title_zh="目标上报已并入另一条",
    title_en="That report was merged itself",
    detail_zh="上报 {hazard_id} 已并入 {survivor}，不能再接收合并。请合并到 {survivor}。",
    detail_en="Report {hazard_id} stands under {survivor}, so nothing can be merged into it. Merge into {survivor}.",
)
OTHER_SUBDISTRICT = ProblemKind(
    code="merger-across-subdistricts",
    status=409,
    title_zh="两条上报属于不同街道",
    title_en="The reports belong to different sub-districts",
    detail_zh="上报属于 {subdistrict}，目标属于 {survivor_subdistrict}，不能合并。请由各自街道分别处理。",
    detail_en="One report belongs to {subdistrict}, the other to {survivor_subdistrict}, so they cannot be merged. "
    "Let each sub-district decide about its own.",
)
