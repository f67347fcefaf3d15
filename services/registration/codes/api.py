"""The route on which anybody asks for a code."""

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from services.registration.codes import commands, problems, store
from services.registration.codes.commands import Asked
from services.registration.codes.rules import code_rule, message
from services.registration.codes.schemas import CodeOrder, CodeRequestView
from services.registration.codes.sms import SMSError
from services.registration.issuing import unstored
from services.registration.ports import ports_of
from services.registration.proofs import mobile_of, place_of
from shared.random import digits
from shared.web import OpenCaller

RETRY_AFTER_S = 60
router = APIRouter(tags=["sign-in"])


@router.post("/codes", status_code=202, response_model=CodeRequestView)
def request_code(order: CodeOrder, call: OpenCaller) -> Response:
    """Send a code by SMS; the answer is the same for a known and an unknown phone. It is counted before it is sent.

    While too many ask for codes to unknown phones these get none, and the answer does not tell.
    """
    ports, phone, rule = ports_of(call), mobile_of(order.phone), code_rule(call.now)
    code = digits(ports.random, rule.digits)
    asked = Asked(phone, code, place_of(ports.secrets, call.client))
    answer = call.act(lambda session: commands.request_code(session, ports, asked), _show_request, 202)
    request_id = CodeRequestView.model_validate_json(bytes(answer.body)).request_id
    if not call.read(lambda session: commands.is_to_be_sent(session, ports, request_id, code)):
        return unstored(answer)
    try:
        ports.sms.send(phone, message(code, call.language, rule.lifetime))
    except SMSError as error:
        raise problems.SMS_FAILED(retry_after_s=RETRY_AFTER_S) from error
    return unstored(answer)


def _show_request(session: Session, request_id: str) -> CodeRequestView:
    request = store.get_request(session, request_id)
    return CodeRequestView(request_id=request.id, expires_at=request.expires_at)
