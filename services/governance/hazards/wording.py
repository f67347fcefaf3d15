"""What a rider reads beside the code of why a report earns nothing."""

from services.governance.hazards.rules import NoAward

NOTES = {
    NoAward.DAILY_LIMIT: (
        "上报已受理。今天已有 {limit} 条上报可得积分，本条不计积分；明天（北京时间零点起）重新计算。",
        "Your report was accepted. {limit} of your reports earn points today already, so this one earns none; "
        "counting begins again at midnight, Beijing time.",
    ),
    NoAward.OWN_PHOTO_AGAIN: (
        "上报已受理。这张照片您以前上报过，本条不计积分；如是新的隐患，请重新拍摄。",
        "Your report was accepted. You reported with this photo before, so this one earns no points; "
        "if the hazard is another one, take a new photo.",
    ),
}


def note_on(no_award: str | None, language: str, limit: int) -> str | None:
    """Return why a report earns nothing, in words, None where it earns."""
    if no_award is None:
        return None
    chinese, english = NOTES[NoAward(no_award)]
    return (english if language == "en" else chinese).format(limit=limit)
