"""What may be wrong with an appointment."""

from shared.errors import ProblemKind

MAY_NOT_APPOINT = ProblemKind(
    code="may-not-appoint",
    status=403,
    title_zh="不能任命这个角色",
    title_en="You may not appoint this role",
    detail_zh="您的角色不能任命 {role}。街道工作人员由区级人员任命，其他角色由管理员任命，管理员只能在命令行设立。",
    detail_en="Your role may not appoint {role}. District staff appoint a sub-district's staff, an administrator "
    "appoints the others, and administrators are made on the command line only.",
)
PLACE_UNFIT = ProblemKind(
    code="office-place-unfit",
    status=422,
    title_zh="角色与地区不符",
    title_en="The office is not one of this place",
    detail_zh="角色 {role} 不能任职于 {subdistrict}：街道工作人员须填街道代码，其他角色须填全区代码 110108。",
    detail_en="Nobody can be {role} of {subdistrict}: a sub-district's staff need the code of a sub-district, "
    "all other roles the district's code 110108.",
)
DATES_REVERSED = ProblemKind(
    code="office-dates-reversed",
    status=422,
    title_zh="任期日期颠倒",
    title_en="The office ends before it begins",
    detail_zh="任期结束日 {ends_on} 早于开始日 {starts_on} 或早于今天。请更正日期。",
    detail_en="The last day {ends_on} is before the first day {starts_on}, or past. Correct the dates.",
)
ALREADY_APPOINTED = ProblemKind(
    code="already-appointed",
    status=409,
    title_zh="已在任",
    title_en="The person holds an office",
    detail_zh="该人员已担任 {role}（{subdistrict}），一次只能担任一个职务。请先结束现任职务。",
    detail_en="The person is {role} of {subdistrict} already and can hold one office at a time. End that one first.",
)
NOT_APPOINTED = ProblemKind(
    code="not-appointed",
    status=409,
    title_zh="没有在任职务",
    title_en="The person holds no office",
    detail_zh="该人员没有可结束的任职，可能已经结束。请刷新后查看。",
    detail_en="There is no office to end; it may have been ended already. Load the list again.",
)
LOGIN_UNKNOWN = ProblemKind(
    code="login-unknown",
    status=404,
    title_zh="没有这个登录名",
    title_en="No such login",
    detail_zh="没有登录名为 {login} 的工作人员，没有任何更改。请检查拼写。",
    detail_en="No member of staff has the login {login}, so nothing was changed. Check the spelling.",
)
LAST_ADMINISTRATOR = ProblemKind(
    code="last-administrator",
    status=409,
    title_zh="这是最后一位管理员",
    title_en="This is the last administrator",
    detail_zh="{login} 是最后一位在任管理员；结束其任职后，无人能任命区级人员。"
    "请先设立另一位管理员，或加 --even-last 再次执行。",
    detail_en="{login} is the last administrator in office; without one nobody can appoint staff of the district. "
    "Make another administrator first, or repeat the command with --even-last.",
)
