"""What may be wrong with a photo."""

from shared.errors import ProblemKind
from shared.photos import picture

PHOTO_TOO_LARGE = ProblemKind(
    code="photo-too-large",
    status=413,
    title_zh="照片过大",
    title_en="The photo is too large",
    detail_zh="照片超过 8 MB 的上限。请降低拍摄分辨率或压缩后重新上传。",
    detail_en="The photo is over 8 MB. Take it with fewer pixels or compress it, and send it again.",
)
NOT_A_PHOTO = ProblemKind(
    code="not-a-photo",
    status=415,
    title_zh="不是可识别的照片",
    title_en="Not a photo",
    detail_zh="文件内容不是 JPEG、PNG 或 WebP 照片（以内容为准，与文件名无关）。请上传手机拍摄的照片。",
    detail_en="The content is no JPEG, PNG or WebP, whatever the file is called. Send a photo taken with a phone.",
)
TOO_MANY_PIXELS = ProblemKind(
    code="photo-too-many-pixels",
    status=422,
    title_zh="照片像素过多",
    title_en="The photo has too many pixels",
    detail_zh="照片超过 4000 万像素，出于安全考虑不予解码。请降低分辨率后重新上传。",
    detail_en="The photo has over 40 million pixels and is not decoded, for safety. Send it with fewer pixels.",
)
PHOTO_TOO_SMALL = ProblemKind(
    code="photo-too-small",
    status=422,
    title_zh="照片过小",
    title_en="The photo is too small",
    detail_zh="照片的一边不足 32 像素，看不清内容。请上传原图。",
    detail_en="A side of the photo is under 32 pixels, so nothing can be seen. Send the original.",
)
PHOTO_DAMAGED = ProblemKind(
    code="photo-damaged",
    status=422,
    title_zh="照片不完整或已损坏",
    title_en="The photo is cut off or damaged",
    detail_zh="照片在传输中被截断，或文件已损坏，无法解码。请重新拍摄或重新上传。",
    detail_en="The photo was cut off on its way or is broken inside, so it cannot be decoded. "
    "Send it again, or take another.",
)
PHOTO_TOO_COSTLY = ProblemKind(
    code="photo-too-costly",
    status=422,
    title_zh="照片无法处理",
    title_en="The photo takes too much to decode",
    detail_zh="解码这张照片所需的时间或内存超出上限。请用手机重新拍摄后上传。",
    detail_en="Decoding this photo takes more time or memory than is allowed. Take another with a phone and send that.",
)
DECODER_BUSY = ProblemKind(
    code="photo-decoder-busy",
    status=503,
    title_zh="照片处理繁忙",
    title_en="Too many photos at once",
    detail_zh="正在处理的照片过多，本次上传没有保存。请稍后用同一 Idempotency-Key 重试。",
    detail_en="Too many photos are being looked at, so this one was not kept. "
    "Try again soon with the same Idempotency-Key.",
)
PHOTO_IN_HAND = ProblemKind(
    code="photo-in-hand",
    status=429,
    title_zh="上一张照片还在处理",
    title_en="One photo at a time",
    detail_zh="您的另一张照片正在处理，本次上传没有保存。请待其完成后用同一 Idempotency-Key 重试。",
    detail_en="Another photo of yours is being looked at, so this one was not kept. "
    "Send it again with the same Idempotency-Key once the other is answered.",
)
NOT_SENT_AS_PHOTO = ProblemKind(
    code="not-sent-as-photo",
    status=415,
    title_zh="请直接上传照片",
    title_en="Send the photo itself",
    detail_zh="请求的 Content-Type 不是 image/*。请把照片文件本身作为请求正文，并注明 Content-Type: image/jpeg。",
    detail_en="The request's Content-Type is not image/*. Send the photo's bytes as the body, with "
    "Content-Type: image/jpeg for example.",
)
TOO_MANY_WAITING = ProblemKind(
    code="too-many-photos-waiting",
    status=409,
    title_zh="未使用的照片太多",
    title_en="Too many photos wait for a report",
    detail_zh="您已有 {waiting} 张照片尚未用于上报，上限为 {limit} 张。请先用它们上报；"
    "24 小时后未使用的照片会自动删除。",
    detail_en="{waiting} of your photos are in no report yet, and {limit} is the most. Report with them first; "
    "what is unused for 24 hours is removed.",
)
TOO_MANY_PHOTOS = ProblemKind(
    code="too-many-photos",
    status=429,
    title_zh="今天上传的照片已达上限",
    title_en="No more photos today",
    detail_zh="您今天已上传 {limit} 张照片（含无法识别的），已达每日上限；本张没有保存。"
    "请在 {again_at}（北京时间）之后再传。",
    detail_en="You have sent {limit} photos today, those that could not be decoded included. That is the most for one "
    "day, and this one was not kept. Send it again from {again_at}, Beijing time.",
)
PHOTO_NOT_KEPT = ProblemKind(
    code="photo-not-kept",
    status=507,
    title_zh="照片未能保存",
    title_en="The photo could not be kept",
    detail_zh="存放照片的空间暂时不能写入，本次上传没有保存。请稍后用同一 Idempotency-Key 重试。",
    detail_en="The place where photos are kept cannot be written to, so this one was not kept. "
    "Try again later with the same Idempotency-Key.",
)
PHOTO_TAKEN = ProblemKind(
    code="photo-taken",
    status=409,
    title_zh="照片已用于上报",
    title_en="The photo is in a report already",
    detail_zh="照片 {photo_id} 已用于上报 {hazard_id}，不能再次使用。请另拍一张。",
    detail_en="Photo {photo_id} is in report {hazard_id} and cannot be used again. Take another one.",
)

OF_ERRORS: dict[type[picture.PhotoError], ProblemKind] = {
    picture.PhotoTooLargeError: PHOTO_TOO_LARGE,
    picture.NotAPhotoError: NOT_A_PHOTO,
    picture.TooManyPixelsError: TOO_MANY_PIXELS,
    picture.PhotoTooSmallError: PHOTO_TOO_SMALL,
    picture.DamagedPhotoError: PHOTO_DAMAGED,
    picture.CostlyPhotoError: PHOTO_TOO_COSTLY,
    picture.DecoderBusyError: DECODER_BUSY,
    picture.PhotoInHandError: PHOTO_IN_HAND,
}
