"""Asking for a code: it is stored and counted before it is sent, so that none is usable that was not counted."""

from sqlalchemy.orm import Session

from services.registration.codes import store
from services.registration.codes.models import CodeRequest
from services.registration.codes.rules import code_rule
from services.registration.limits import store as limits
from services.registration.limits.rules import limit_rule
from services.registration.ports import Ports
from services.registration.proofs import EVERYBODY, code_digest, limit_key, phone_digest
from shared.messaging import new_id, now


def request_code(session: Session, ports: Ports, phone: str, code: str, address: str) -> str:
    """Keep a code for a phone, known or not, and return the request's id; raises TOO_MANY."""
    moment, request_id = now(session), new_id(session, "code-request")
    rule = code_rule(moment)
    keys = {
        "code-phone": limit_key(ports.secrets, "phone", phone),
        "code-address": limit_key(ports.secrets, "address", address),
        "code-all": EVERYBODY,
    }
    limits.take_use(session, limit_rule(moment, ports.limits).code, keys, request_id, moment)

    request = CodeRequest(
        id=request_id,
        phone_digest=phone_digest(ports.secrets, phone),
        code_digest=code_digest(ports.secrets, request_id, code),
        asked_at=moment,
        expires_at=moment + rule.lifetime,
        tries_left=rule.tries,
    )
    store.add_request(session, request)
    return request_id
