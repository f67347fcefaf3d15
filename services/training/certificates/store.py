"""Every query on certificates."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.training.certificates.models import Certificate
from shared.db.locks import locked
from shared.errors import NOT_FOUND


def add_certificate(session: Session, certificate: Certificate) -> None:
    """Keep a certificate; the database lets only one that is not revoked stand for a place in a class."""
    session.add(certificate)
    session.flush()


def get_certificate(session: Session, certificate_id: str) -> Certificate:
    """Return a certificate; raises NOT_FOUND."""
    found = session.get(Certificate, certificate_id)
    if found is None:
        raise NOT_FOUND(kind="certificate", id=certificate_id)
    return found


def lock_certificate(session: Session, certificate_id: str) -> Certificate:
    """Return a certificate that nobody else changes until the transaction ends; raises NOT_FOUND."""
    found = session.scalar(locked(select(Certificate).where(Certificate.id == certificate_id)))
    if found is None:
        raise NOT_FOUND(kind="certificate", id=certificate_id)
    return found


def find_by_number(session: Session, number: str) -> Certificate | None:
    """Return the certificate of a public number."""
    return session.scalar(select(Certificate).where(Certificate.number == number))


def find_latest_for_place(session: Session, enrolment_id: str) -> Certificate | None:
    """Return the last certificate issued for a place in a class, standing or revoked."""
    latest = select(Certificate).where(Certificate.enrolment_id == enrolment_id)
    return session.scalar(latest.order_by(Certificate.issued_at.desc(), Certificate.id.desc()).limit(1))


def find_standing(session: Session, enrolment_id: str) -> Certificate | None:
    """Return the certificate of a place in a class that is not revoked."""
    standing = (Certificate.enrolment_id == enrolment_id, Certificate.revoked_at.is_(None))
    return session.scalar(select(Certificate).where(*standing))


def list_certificates(subdistrict: str | None) -> Select[Certificate]:
    """Select the certificates that a sub-district (None: any) issued."""
    wanted = select(Certificate)
    return wanted if subdistrict is None else wanted.where(Certificate.subdistrict == subdistrict)


def list_certificates_of(rider_id: str) -> Select[Certificate]:
    """Select a rider's certificates."""
    return select(Certificate).where(Certificate.rider_id == rider_id)


def list_ids_of_class(session: Session, class_id: str) -> Sequence[str]:
    """Return the ids of a class's certificates."""
    wanted = select(Certificate.id).where(Certificate.class_id == class_id)
    return session.scalars(wanted.order_by(Certificate.id)).all()
