"""Bodies and views of signing in."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, TypeAdapter

from services.registration.schemas import Body, CodeGiven, Login, Password, Secret

TOTPText = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$")]
ClientId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Scope = Annotated[str, StringConstraints(pattern=r"^[a-z]+(\.[a-z]+)*:[a-z]+$", max_length=60)]


class CodeGrant(CodeGiven):
    """A rider signs in with phone and code."""

    grant_type: Literal["code"]


class PasswordGrant(Body):
    """Staff and partners sign in with login, password and a one-time password."""

    grant_type: Literal["password"]
    login: Login
    password: Password
    totp: TOTPText


class RefreshGrant(Body):
    """Anybody who signed in gets the next pair of tokens."""

    grant_type: Literal["refresh_token"]
    refresh_token: Secret


class ClientGrant(Body):
    """A service asks for one scope of one service; a platform asks for neither."""

    grant_type: Literal["client_credentials"]
    client_id: ClientId
    client_secret: Secret
    target: ClientId | None = None
    scope: Scope | None = None


Grant = Annotated[CodeGrant | PasswordGrant | RefreshGrant | ClientGrant, Field(discriminator="grant_type")]
GRANT: TypeAdapter[CodeGrant | PasswordGrant | RefreshGrant | ClientGrant] = TypeAdapter(Grant)


class SignedOutView(BaseModel):
    """A person whose refresh tokens count no more; access tokens that are out run out by themselves until a moment."""

    person_id: str
    access_until: datetime


class Activation(Body):
    """The invited person chooses a password."""

    invitation: Secret
    password: Password


class ActivatedView(BaseModel):
    """What the authenticator reads; shown once."""

    person_id: str
    login: str
    totp_uri: str
