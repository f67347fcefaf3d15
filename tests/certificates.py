"""A certificate that speaks for itself, for a server on this machine."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

LOOPBACK = ip_address("127.0.0.1")


def write_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a certificate for the loopback address; return the file of it alone, and that of its key and itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    dated = made.serial_number(1).not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)])
    signed = dated.add_extension(address, critical=False).sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    alone, served = folder / f"{name}.pem", folder / f"{name}-served.pem"
    alone.write_bytes(signed)
    served.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + signed)
    return alone, served
