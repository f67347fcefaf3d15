"""What may be wrong with an order or a course."""

from shared.errors import ProblemKind

HOME_UNKNOWN = ProblemKind(
    code="home-subdistrict-unknown",
    status=409,
    title_zh="还不知道您属于哪个街道",
    title_en="Your sub-district is not known yet",
    detail_zh="点单开在您所属的街道，但这里还没有收到您的登记信息。请过一分钟再试，或重新登录。",
    detail_en="A class opens in your own sub-district, and your registration has not arrived here yet. "
    "Try again in a minute, or sign in again.",
)
RIDER_GONE = ProblemKind(
    code="rider-erased",
    status=403,
    title_zh="该骑手的数据已删除",
    title_en="This rider's data was erased",
    detail_zh="该骑手已要求删除个人数据，不能再点单。如需继续使用，请重新注册。",
    detail_en="The rider asked for erasure, so nothing can be ordered any more. Sign up again to go on.",
)
TOO_MANY_WISHES = ProblemKind(
    code="too-many-wishes",
    status=409,
    title_zh="等待定名的点单太多",
    title_en="Too many wishes are waiting",
    detail_zh="您已有 {waiting} 个点单等待工作人员定名，上限是 {limit} 个。请等其中一个开班后再点。",
    detail_en="{waiting} of your wishes wait for staff to name a course, and {limit} is the most. "
    "Order again when one of them has opened.",
)
COURSE_OR_WISH = ProblemKind(
    code="course-or-wish",
    status=422,
    title_zh="请选择课程或写下愿望",
    title_en="Name a course or a wish",
    detail_zh="点单要么给出目录中的课程（course_id），要么用自己的话写下想学什么（wish），二者只能选一。",
    detail_en="An order gives either a course of the catalogue (course_id) or your own words (wish), one of the two.",
)
COURSE_OR_TITLES = ProblemKind(
    code="course-or-titles",
    status=422,
    title_zh="请关联课程或给出两种名称",
    title_en="Link a course or give both titles",
    detail_zh="定名要么关联目录中的课程（course_id），要么同时给出中英文名称（title_zh、title_en），二者只能选一。",
    detail_en="An answer either links a course of the catalogue (course_id) or gives both titles (title_zh, title_en).",
)
COURSE_UNTITLED = ProblemKind(
    code="course-untitled",
    status=409,
    title_zh="课程还没有名称",
    title_en="The course has no title yet",
    detail_zh="课程 {course_id} 还没有定名，不能点单或关联。请先给它定名，或选择目录中的课程。",
    detail_en="Course {course_id} has no title yet, so it cannot be ordered or linked to. "
    "Give it a title first, or choose one from the catalogue.",
)
ORDER_SETTLED = ProblemKind(
    code="order-settled",
    status=409,
    title_zh="该点单已处理",
    title_en="The order is settled already",
    detail_zh="点单 {order_id} 已经开班或已经结束，不能再次定名。班级：{class_id}。",
    detail_en="Order {order_id} has its class or has ended, so it cannot be named again. Class: {class_id}.",
)
