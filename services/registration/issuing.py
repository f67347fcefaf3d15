"""Issuing access tokens, and answers that carry a secret which is stored nowhere."""

import json
from datetime import datetime

from fastapi import Response

from services.registration.ports import Ports
from services.registration.schemas import TokenView
from services.registration.tokens import FreshToken, invitation_text
from shared.auth import Principal
from shared.auth.tokens import ACCESS_LIFE, AccessClaims

LIFE_S = int(ACCESS_LIFE.total_seconds())


def person_tokens(ports: Ports, principal: Principal, fresh: FreshToken | None, moment: datetime) -> TokenView:
    """Return an access token for every service that people use, and the refresh token where there is one."""
    access = ports.signing_keys.sign(AccessClaims.for_person(principal, moment))
    return TokenView(access_token=access, expires_in=LIFE_S, refresh_token=None if fresh is None else fresh.secret)


def service_token(ports: Ports, name: str, target: str, scope: str, moment: datetime) -> TokenView:
    """Return a service's access token for one scope of one service."""
    claims = AccessClaims.for_service(name, target, frozenset({scope}), moment)
    return TokenView(access_token=ports.signing_keys.sign(claims), expires_in=LIFE_S, scope=scope)


def unstored(response: Response) -> Response:
    """Let no browser or proxy keep an answer."""
    response.headers["Cache-Control"] = "no-store"
    return response


def with_invitation(response: Response, ports: Ports) -> Response:
    """Put the invitation's text into an answer that names its id, after the answer was stored without it."""
    answer = json.loads(bytes(response.body))
    if answer.get("invitation_id"):
        answer["invitation"] = invitation_text(ports.secrets, answer["invitation_id"])
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return unstored(Response(json.dumps(answer), response.status_code, headers=headers))
