"""What a person gives to prove to hold a phone, turned into the digests that are stored.

A try is counted, in a transaction of its own, before the code is compared: whatever is killed in between, no guess is
free.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.registration.codes import store as codes
from services.registration.codes.problems import PHONE_INVALID
from services.registration.codes.rules import normalised_phone
from services.registration.limits import store as limits
from services.registration.limits.rules import limit_rule
from services.registration.ports import Ports
from services.registration.schemas import CodeGiven
from services.registration.secrets import Secrets
from shared.messaging import now
from shared.origin import origin_of
from shared.random import token

EVERYBODY = "everybody"


@dataclass(frozen=True)
class Place:
    """The keys under which limits count an address and its network."""

    address_key: str
    network_key: str


@dataclass(frozen=True, kw_only=True)
class CodeProof:
    """A phone and the code that was sent to it; `use_id` names the try that is counted for it."""

    phone_digest: str
    request_id: str
    code_digest: str
    use_id: str
    place: Place


def proof_of(given: CodeGiven, address: str, ports: Ports) -> CodeProof:
    """Return the proof that a body is, coming from an address; raises PHONE_INVALID."""
    phone = mobile_of(given.phone)
    return CodeProof(
        phone_digest=phone_digest(ports.secrets, phone),
        request_id=given.request_id,
        code_digest=code_digest(ports.secrets, given.request_id, given.code),
        use_id=token(ports.random),
        place=place_of(ports.secrets, address),
    )


def mobile_of(text: str) -> str:
    """Return the 11 digits of a mobile number; raises PHONE_INVALID."""
    phone = normalised_phone(text)
    if phone is None:
        raise PHONE_INVALID()
    return phone


def phone_digest(secrets: Secrets, phone: str) -> str:
    """Return the digest by which a phone is found."""
    return secrets.digest("phone", phone)


def code_digest(secrets: Secrets, request_id: str, code: str) -> str:
    """Return the digest of a code, which is worth nothing for any other request."""
    return secrets.digest("code", request_id, code)


def limit_key(secrets: Secrets, kind: str, *words: str) -> str:
    """Return the key under which a limit counts a phone, an address or a login."""
    return secrets.digest("limit", kind, *words)


def place_of(secrets: Secrets, client: str) -> Place:
    """Return the keys of where a request came from."""
    origin = origin_of(client)
    return Place(limit_key(secrets, "address", origin.address), limit_key(secrets, "network", origin.network))


def take_try(session: Session, ports: Ports, proof: CodeProof) -> str:
    """Count a try before the code is compared; raises what keeps it from being compared. Return the request's id.

    No limit keeps a code that counts from being tried: where too many were wrong, its next try is its last.
    """
    moment = now(session)
    keys = {
        "wrong-address": proof.place.address_key,
        "wrong-network": proof.place.network_key,
        "wrong-all": EVERYBODY,
    }
    wait = limits.find_wait(session, limit_rule(moment, ports.limits).code_try, keys, proof.use_id, moment)
    codes.take_try(session, proof.request_id, proof.phone_digest, moment, last=wait > 0)
    return proof.request_id
