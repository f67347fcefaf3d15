"""What may be wrong with a request about a certificate."""

from shared.errors import ProblemKind

ATTENDANCE_NOT_CONFIRMED = ProblemKind(
    code="attendance-not-confirmed",
    status=409,
    title_zh="出勤未确认",
    title_en="The attendance is not confirmed",
    detail_zh="骑手 {rider_id} 在班级 {class_id} 的出勤未经确认，不能签发证书。请先确认出勤。",
    detail_en="The attendance of rider {rider_id} in class {class_id} is not confirmed, so there is no certificate. "
    "Confirm the attendance first.",
)
NOT_PASSED = ProblemKind(
    code="class-not-passed",
    status=409,
    title_zh="未通过考核",
    title_en="The rider did not pass",
    detail_zh="骑手 {rider_id} 未通过班级 {class_id} 的考核，不能签发证书。骑手可以再次点单学习。",
    detail_en="Rider {rider_id} did not pass class {class_id}, so there is no certificate. "
    "The rider may order the course again.",
)
RIDER_NAMED_TWICE = ProblemKind(
    code="rider-named-twice",
    status=422,
    title_zh="同一骑手出现了两次",
    title_en="A rider is named twice",
    detail_zh="成绩单中每名骑手只能出现一次，以下编号重复：{rider_ids}。请更正后再提交。",
    detail_en="Results name each rider once, and these are named more often: {rider_ids}. "
    "Correct the list and send it again.",
)
COURSE_DOES_NOT_CERTIFY = ProblemKind(
    code="course-does-not-certify",
    status=409,
    title_zh="该课程不发证书",
    title_en="The course does not certify",
    detail_zh="课程 {course_id} 不发证书。如应发证书，请先修改课程。",
    detail_en="Course {course_id} ends without a certificate. If it should have one, change the course first.",
)
CERTIFICATE_STANDS = ProblemKind(
    code="certificate-stands",
    status=409,
    title_zh="证书已签发",
    title_en="There is a certificate already",
    detail_zh="该骑手在此班级已有证书 {number}。换发前请先撤销它。",
    detail_en="The rider has certificate {number} for this class. Revoke it before issuing another.",
)
FAILED_WITH_CERTIFICATE = ProblemKind(
    code="failed-with-certificate",
    status=409,
    title_zh="未通过者持有有效证书",
    title_en="A rider who failed holds a certificate",
    detail_zh="骑手 {rider_id} 在此班级已有证书 {number}，不能记为未通过。请先撤销该证书，或把成绩改为通过。",
    detail_en="Rider {rider_id} has certificate {number} for this class, so the result cannot be a failure. "
    "Revoke the certificate first, or let the result be a pass.",
)
NAMES_UNAVAILABLE = ProblemKind(
    code="names-unavailable",
    status=503,
    title_zh="暂时查不到姓名",
    title_en="Names cannot be looked up just now",
    detail_zh="证书上要写持证人姓名，但登记服务暂时没有应答，所以什么都没有更改。请稍后用同一请求再试。",
    detail_en="A certificate carries its holder's name, and registration does not answer, so nothing was changed. "
    "Send the same request again in a moment.",
)
ALREADY_REVOKED = ProblemKind(
    code="certificate-revoked",
    status=409,
    title_zh="证书已撤销",
    title_en="The certificate is revoked already",
    detail_zh="证书 {number} 已于 {revoked_at} 撤销，原因代码 {reason}。无需再次撤销。",
    detail_en="Certificate {number} was revoked at {revoked_at}, reason {reason}. There is nothing left to revoke.",
)
NUMBER_MISTYPED = ProblemKind(
    code="certificate-number-mistyped",
    status=404,
    title_zh="证书编号有误",
    title_en="The certificate number is mistyped",
    detail_zh="这个编号的校验位不对，可能输错了字符。请对照证书逐位核对，格式如 HD-2026-XXXXXXXXX。",
    detail_en="The check character of this number does not fit, so something in it is mistyped. "
    "Compare it with the certificate, character by character; it looks like HD-2026-XXXXXXXXX.",
)
NUMBER_UNKNOWN = ProblemKind(
    code="certificate-unknown",
    status=404,
    title_zh="没有这个证书",
    title_en="There is no such certificate",
    detail_zh="没有以此编号签发的证书。请核对编号；如证书上确为此编号，请联系签发街道。",
    detail_en="No certificate was ever issued under this number. Check it; if the certificate does show it, "
    "ask the sub-district that issued it.",
)
