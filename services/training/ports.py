"""What training is given from outside when it is built."""

from dataclasses import dataclass

from services.training.directory import RiderDirectory


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The directory of names, and the address under which the public finds certificates (no slash at its end)."""

    directory: RiderDirectory
    public_url: str

    def certificate_url(self, number: str) -> str:
        """Return a certificate's address for ever."""
        return f"{self.public_url}/c/{number}"
