"""What the bodies of registration's routes are made of."""

from typing import Annotated, Literal
from unicodedata import category

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from shared.web.fields import wanted

Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")]
PlaceCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6,12}$")]
PhoneText = Annotated[str, StringConstraints(min_length=5, max_length=40)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Login = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{2,39}$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._-]+$")]
Language = Literal["zh-CN", "en"]
CodeText = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$")]
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
"""Unicode's categories of controls, of what turns text around, and of what is no character."""
RARE_HAN = range(0x20000, 0x3FFFE)
"""Planes of rare Chinese characters: names use some that Python's tables do not know yet."""


def plain_name(name: str) -> str:
    """Return a name without controls and invisible characters; raises PydanticCustomError."""
    if any(category(one) in UNSEEN and ord(one) not in RARE_HAN for one in name):
        chinese, english = (
            "含有控制符或不可见的字符，请只用文字重新输入",
            "holds control or invisible characters: type it anew",
        )
        raise wanted("name_characters", chinese, english)
    return name


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^<>]+$"),
    AfterValidator(plain_name),
]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+$")
]


class Body(BaseModel):
    """A request body: what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid")


class CodeGiven(Body):
    """A phone and the code that came to it."""

    phone: PhoneText
    request_id: Id
    code: CodeText


class ConsentGiven(Body):
    """What a rider says of one purpose at sign-up; without `wording` it is the one in force."""

    purpose: Code
    granted: bool
    wording: Code | None = None


class TokenView(BaseModel):
    """An access token, and the refresh token that gets the next one (none for clients)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme, no secret
    expires_in: int
    refresh_token: str | None = None
    scope: str | None = None


class Nothing(BaseModel):
    """The answer of a step that is not the last."""


def nothing(_session: object, _made: str) -> Nothing:
    """Show nothing of what was made."""
    return Nothing()
