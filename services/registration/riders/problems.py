"""What may be wrong with a rider's details or move."""

from shared.errors import ProblemKind

MASKED_VALUE = ProblemKind(
    code="masked-value",
    status=422,
    title_zh="内容含有星号",
    title_en="A masked value cannot be kept",
    detail_zh="字段 {field} 里有星号，又不是当前内容的遮盖形式，无法保存。请填写完整内容，或不要提交该字段。",
    detail_en="Field {field} holds a star and is not the mask of what stands, so it cannot be kept. "
    "Send the whole value, or leave the field out.",
)
PHONE_FIXED = ProblemKind(
    code="phone-fixed",
    status=422,
    title_zh="手机号不能在这里修改",
    title_en="The phone cannot be changed here",
    detail_zh="手机号是登录凭证，不能直接修改。请原样提交或不提交该字段；换号请注销后用新号登记。",
    detail_en="The phone is what one signs in with and cannot be changed here. Send it back as it was shown or leave "
    "it out; for a new phone, have your data erased and sign up with the new one.",
)
ALREADY_THERE = ProblemKind(
    code="rider-already-there",
    status=409,
    title_zh="已经在这个街道",
    title_en="The rider belongs there already",
    detail_zh="骑手已属于街道 {subdistrict}，无需迁移。请选择另一个街道。",
    detail_en="The rider belongs to sub-district {subdistrict} already, so there is nothing to move. "
    "Choose another one.",
)
