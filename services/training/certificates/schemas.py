"""Bodies and views of certificates."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from services.training.certificates.rules import Reason
from services.training.schemas import Body, Id


class Result(Body):
    """How one rider did."""

    rider_id: Id
    passed: bool


class Completion(Body):
    """The end of a class, with the results of those who were examined."""

    results: list[Result] = Field(default_factory=list, max_length=500)


class CertificateWanted(Body):
    """A certificate that staff issue after the class."""

    class_id: Id
    rider_id: Id


class Revocation(Body):
    """Why a certificate is revoked, as a code."""

    reason: Reason


class CompletionView(BaseModel):
    """A class that ended, and the certificates that came of it."""

    class_id: str
    completed_at: datetime | None
    certificate_ids: list[str]


class CertificateAnswer(BaseModel):
    """A certificate without the holder's name."""

    id: str
    number: str
    url: str
    state: str
    rider_id: str | None
    class_id: str
    course_id: str
    title_zh: str
    title_en: str
    issued_at: datetime
    expires_on: date | None
    revoked_at: datetime | None
    revocation_reason: str | None
    replaces: str | None


class CertificateView(CertificateAnswer):
    """A certificate as its holder and the sub-district's staff read it."""

    holder: str | None


class PublicCertificate(BaseModel):
    """What anyone may learn of a certificate from its number; no holder after the holder was erased."""

    number: str
    state: str
    holder: str | None
    title_zh: str
    title_en: str
    subdistrict: str
    subdistrict_name: str
    issued_on: date
    expires_on: date | None
    revoked_on: date | None
    revocation_reason: str | None
    reason_zh: str | None
    reason_en: str | None
    url: str
