"""Asking for a code: it is stored and counted before it is sent, so that none is usable that was not counted."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.registration.codes import store
from services.registration.codes.models import CodeRequest
from services.registration.codes.rules import code_rule
from services.registration.identity import store as identity
from services.registration.limits import store as limits
from services.registration.limits.rules import limit_rule
from services.registration.ports import Ports
from services.registration.proofs import EVERYBODY, Place, code_digest, limit_key, phone_digest
from services.registration.riders import store as riders
from shared.messaging import new_id, now


@dataclass(frozen=True)
class Asked:
    """A code that somebody asks for: the phone it would be sent to, and where the request came from."""

    phone: str
    code: str
    place: Place


def request_code(session: Session, ports: Ports, asked: Asked) -> str:
    """Keep a code for a phone, known or not, and return the request's id; raises TOO_MANY for the phone's own limits.

    Over the budget of messages the request is kept without a code that could be right, and nothing is to be sent.
    """
    moment, request_id = now(session), new_id(session, "code-request")
    digest, rule = phone_digest(ports.secrets, asked.phone), code_rule(moment)
    limit = limit_rule(moment, ports.limits)
    rider = riders.find_rider_by_phone(session, digest)
    at_home = rider is not None and identity.is_known_network(session, rider.id, asked.place.network_key)
    phone_key = limit_key(ports.secrets, "phone-at-home" if at_home else "phone", asked.phone)
    limits.take_use(session, limit.phone, {"code-phone": phone_key}, request_id, moment)

    budget = limit.unknown if rider is None else limit.known
    keys = _budget_keys(asked.place)
    wait = 0 if at_home else limits.find_wait(session, budget, keys, request_id, moment)
    sent = code_digest(ports.secrets, request_id, asked.code)
    request = CodeRequest(
        id=request_id,
        phone_digest=digest,
        code_digest=sent if wait == 0 else ports.secrets.digest("withheld", request_id),
        asked_at=moment,
        expires_at=moment + rule.lifetime,
        tries_left=rule.tries,
    )
    store.add_request(session, request)
    return request_id


def is_to_be_sent(session: Session, ports: Ports, request_id: str, code: str) -> bool:
    """Tell whether the message of a request is within the budgets."""
    return store.is_code_of(session, request_id, code_digest(ports.secrets, request_id, code))


def _budget_keys(place: Place) -> dict[str, str]:
    return {
        "code-address": place.address_key,
        "code-network": place.network_key,
        "code-known-network": place.network_key,
        "code-known-all": EVERYBODY,
        "code-unknown-all": EVERYBODY,
    }
