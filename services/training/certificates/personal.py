"""What is personal in certificates: the holder's name (table `certificate_name`), and whose they are."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.training.certificates.models import Certificate, CertificateName
from shared.keys.ring import KeyDestroyedError
from shared.messaging import keys


def keep_name(session: Session, rider_id: str, certificate_id: str, name: str) -> None:
    """Keep the holder's name, sealed under the rider's key. Raises KeyDestroyedError for an erased rider."""
    sealed = keys(session).seal_text(rider_id, f"certificate_name.name/{certificate_id}", name)
    session.add(CertificateName(certificate_id=certificate_id, rider_id=rider_id, name=sealed))


def find_name(session: Session, certificate_id: str) -> str | None:
    """Return the holder's name, None where there is none or the holder was erased."""
    kept = session.scalar(select(CertificateName).where(CertificateName.certificate_id == certificate_id))
    if kept is None:
        return None
    try:
        return keys(session).open_text(kept.rider_id, f"certificate_name.name/{certificate_id}", kept.name)
    except KeyDestroyedError:
        return None


def erase(session: Session, rider_id: str) -> None:
    """Delete the rider's names; the certificates can be checked by number, without a name."""
    session.execute(delete(CertificateName).where(CertificateName.rider_id == rider_id))
    session.execute(update(Certificate).where(Certificate.rider_id == rider_id).values(rider_id=None))
