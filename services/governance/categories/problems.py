"""What may be wrong with a category."""

from shared.errors import ProblemKind

UNKNOWN_CATEGORY = ProblemKind(
    code="unknown-category",
    status=422,
    title_zh="没有这个类别",
    title_en="No such category",
    detail_zh="类别 {category} 不存在或已停用，上报未提交。请从类别列表中选择后重试。",
    detail_en="Category {category} does not exist or is closed, so nothing was reported. "
    "Choose one from the list of categories and try again.",
)
CATEGORY_EXISTS = ProblemKind(
    code="category-exists",
    status=409,
    title_zh="类别代码已被使用",
    title_en="The category exists already",
    detail_zh="代码 {category} 已经是“{title_zh}”。请换一个代码，或修改已有的类别。",
    detail_en="Code {category} is “{title_en}” already. Choose another code, or change the category that is there.",
)
UNKNOWN_PARENT = ProblemKind(
    code="unknown-parent-category",
    status=422,
    title_zh="没有这个上级类别",
    title_en="No such parent category",
    detail_zh="上级类别 {parent} 不存在。请先建立上级类别，或不填上级。",
    detail_en="The parent category {parent} does not exist. Add it first, or leave the parent out.",
)
