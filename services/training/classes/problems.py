"""What may be wrong with a request about a class."""

from shared.errors import ProblemKind

CLASS_COMPLETED = ProblemKind(
    code="class-completed",
    status=409,
    title_zh="班级已结课",
    title_en="The class has ended",
    detail_zh="班级 {class_id} 已于 {completed_at} 结课，其时间、地点、签到和成绩不能再更改。"
    "漏记的出勤仍可确认；确认之后，请用“签发证书”补发证书。",
    detail_en="Class {class_id} ended at {completed_at}: its time, place, check-ins and results do not change. "
    "Attendance that was missed can still be confirmed; use certificates to issue one after that.",
)
ATTENDANCE_OPEN = ProblemKind(
    code="attendance-open",
    status=409,
    title_zh="还有人的出勤没有确认",
    title_en="The attendance of some is still open",
    detail_zh="班级 {class_id} 中以下骑手还没有出勤记录，不能结课：{rider_ids}。"
    "请先提交出勤表：写明谁到场、谁请假，其余的人记为缺勤。",
    detail_en="Class {class_id} cannot end: nothing says yet whether these riders came: {rider_ids}. "
    "Send the attendance first: it names who was there and who had an excuse, and everybody else counts as absent.",
)
START_IN_THE_PAST = ProblemKind(
    code="start-in-the-past",
    status=422,
    title_zh="开课时间已过",
    title_en="The start lies in the past",
    detail_zh="开课时间 {starts_at} 早于现在。请选择一个将来的时间。",
    detail_en="The start {starts_at} lies before this moment. Choose a later one.",
)
NOT_ENROLLED = ProblemKind(
    code="not-enrolled",
    status=409,
    title_zh="该骑手不在此班级",
    title_en="The rider has no place in this class",
    detail_zh="骑手 {rider_id} 没有在班级 {class_id} 中占有名额。请骑手先点单，或核对编号。",
    detail_en="Rider {rider_id} has no place in class {class_id}. "
    "Let the rider order the course first, or check the id.",
)
TOO_EARLY = ProblemKind(
    code="class-not-begun",
    status=409,
    title_zh="还没到时间",
    title_en="It is too early for that",
    detail_zh="班级 {class_id} 从 {opens_at} 起才能办理此事。请到时再试，或修改开课时间。",
    detail_en="For class {class_id} this is possible from {opens_at} on. Try again then, or change the start.",
)
ATTENDANCE_STANDS = ProblemKind(
    code="attendance-stands",
    status=409,
    title_zh="出勤已确认",
    title_en="The attendance is confirmed",
    detail_zh="骑手 {rider_id} 在班级 {class_id} 的出勤已确认，签到不能再撤销。",
    detail_en="The attendance of rider {rider_id} in class {class_id} is confirmed; the check-in cannot be undone.",
)
