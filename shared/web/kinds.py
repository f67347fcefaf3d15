"""The problems that any service may answer with, whatever its trade."""

from shared.errors import ProblemKind

INVALID_REQUEST = ProblemKind(
    "invalid-request",
    422,
    "请求内容有误",
    "The request is not acceptable",
    "有 {count} 处内容不符合要求，见 errors。请更正后重新提交。",
    "What is not acceptable stands in errors ({count} in all). Correct them and send the request again.",
)
BAD_JSON = ProblemKind(
    "bad-json",
    400,
    "无法解析请求",
    "The body cannot be read",
    "请求正文不是有效的 JSON（UTF-8），或嵌套过深。请检查格式后重新提交。",
    "The body is no valid JSON in UTF-8, or it nests too deeply. Check its form and send the request again.",
)
NUL_CHARACTER = ProblemKind(
    "nul-character",
    400,
    "含有空字符",
    "NUL character",
    "地址或正文中含有空字符（U+0000），文字中不允许出现。请去掉后重新提交。",
    "The address or the body contains the character NUL (U+0000), which no text may hold. Send it without.",
)
NOT_JSON = ProblemKind(
    "not-json",
    415,
    "内容类型不符",
    "Wrong content type",
    "请以 JSON 提交正文，并设置请求头 Content-Type: application/json。",
    "Send the body as JSON, with the header Content-Type: application/json.",
)
BODY_TOO_LARGE = ProblemKind(
    "body-too-large",
    413,
    "请求过大",
    "The body is too large",
    "请求正文超过此接口 {limit_kb} KB 的上限。请缩小内容后重试。",
    "The body is over this route's limit of {limit_kb} KB. Send less.",
)
BODY_TOO_SLOW = ProblemKind(
    "body-too-slow",
    408,
    "请求发送过慢",
    "The body came too slowly",
    "请求正文未能在限定时间内发送完毕，本次请求没有生效。请检查网络后用同一 Idempotency-Key 重试。",
    "The body did not come in time; nothing was done. Check the connection and try again with the same "
    "Idempotency-Key.",
)
BODIES_IN_HAND = ProblemKind(
    "too-much-in-hand",
    503,
    "系统繁忙",
    "Too much in hand",
    "服务器正在处理的请求正文过多，本次请求没有生效。请稍后用同一 Idempotency-Key 重试。",
    "The server has as much of other requests in hand as it can hold; nothing was done. Try again soon with the same "
    "Idempotency-Key.",
)
LARGE_BODY_IN_HAND = ProblemKind(
    "large-body-in-hand",
    429,
    "上一份上传尚未完成",
    "Another upload is in hand",
    "您的另一份大文件仍在接收或处理中，本次请求没有生效。请待其完成后用同一 Idempotency-Key 重试。",
    "Another large body of yours is coming in or being worked on; nothing was done. Wait until that is over, then try "
    "again with the same Idempotency-Key.",
)
NO_SUCH_ROUTE = ProblemKind(
    "no-such-route",
    404,
    "没有此接口",
    "No such route",
    "地址不存在。请对照接口文档检查路径。",
    "There is nothing at this address. Check the path against the API description.",
)
METHOD_NOT_ALLOWED = ProblemKind(
    "method-not-allowed",
    405,
    "方法不支持",
    "Method not allowed",
    "此地址不支持该方法。请对照接口文档。",
    "This address does not take that method. Check the API description.",
)
REFUSED = ProblemKind(
    "refused",
    400,
    "请求被拒绝",
    "The request was refused",
    "无法处理该请求。请检查后重试。",
    "The request cannot be handled. Check it and try again.",
)
BUSY = ProblemKind(
    "busy",
    503,
    "系统繁忙",
    "Busy",
    "数据库暂时不可用，本次请求没有生效。请稍后用同一 Idempotency-Key 重试。",
    "The database is not available for the moment; nothing was done. Try again soon with the same Idempotency-Key.",
)
STORAGE_FULL = ProblemKind(
    "storage-full",
    507,
    "存储空间已满",
    "The storage is full",
    "服务器存储空间已满，本次请求没有生效。请联系运维人员，稍后用同一 Idempotency-Key 重试。",
    "The server's storage is full; nothing was done. Tell the operator, and try again later with the same "
    "Idempotency-Key.",
)
UNEXPECTED = ProblemKind(
    "unexpected",
    500,
    "服务器内部错误",
    "Internal error",
    "服务器出错，本次请求没有生效。请凭请求编号 {request_id} 联系运维人员。",
    "The server failed; nothing was done. Tell the operator the request id {request_id}.",
)
KEY_MISSING = ProblemKind(
    "idempotency-key-missing",
    400,
    "缺少 Idempotency-Key",
    "Idempotency-Key is missing",
    "此操作需要请求头 Idempotency-Key（1 至 100 个字母、数字或 -_.:）。每次新操作用新值，重试时用原值。",
    "This command needs the header Idempotency-Key (1 to 100 letters, digits or -_.:). "
    "Take a new one for each new command and the same one for a repeat.",
)
KEY_REUSED = ProblemKind(
    "idempotency-key-reused",
    422,
    "Idempotency-Key 已被使用",
    "Idempotency-Key was used before",
    "同一 Idempotency-Key 已用于内容不同的请求。新操作请换用新值。",
    "The same Idempotency-Key came with another request before. Take a new one for a new command.",
)
MADE_ELSEWHERE = ProblemKind(
    "made-elsewhere",
    404,
    "内容已不属于本街道",
    "It belongs to your sub-district no more",
    "该请求此前已完成，但其结果现已不属于您所在的街道，不能再查看。请联系现所属街道。",
    "The request was carried out before, and what it made belongs to another sub-district now, so it is not shown. "
    "Ask that sub-district.",
)
BAD_CURSOR = ProblemKind(
    "bad-cursor",
    400,
    "翻页标记无效",
    "The cursor cannot be read",
    "翻页标记 cursor 无效。请从第一页重新开始。",
    "The cursor is not one that this list gave out. Begin again with the first page.",
)
