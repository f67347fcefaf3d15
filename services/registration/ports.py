"""What registration is given from outside when it is built."""

from dataclasses import dataclass
from typing import cast

from services.registration.clients import Clients
from services.registration.codes.sms import SMSSender
from services.registration.limits.rules import FIRST, LimitRule
from services.registration.secrets import Secrets
from shared.auth.tokens import SigningKeys
from shared.random import Random
from shared.web import Call

RECEIPTS_FROM = ("governance", "rewards", "training", "notify")


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The SMS channel, keys and secrets, the clients, and the services that answer an erasure with a receipt."""

    sms: SMSSender
    secrets: Secrets
    signing_keys: SigningKeys
    random: Random
    clients: Clients
    receipts_from: tuple[str, ...] = RECEIPTS_FROM
    limits: tuple[LimitRule, ...] = (FIRST,)


def ports_of(call: Call) -> Ports:
    """Return what registration was built with."""
    return cast(Ports, call.ports)
