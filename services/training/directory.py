"""The port through which training asks for a holder's name, and its adapter to registration."""

from typing import Protocol
from urllib.parse import quote

from shared.web.client import ServiceClient


class RiderDirectory(Protocol):
    """Knows riders by name."""

    def name_of(self, rider_id: str) -> str | None:
        """Return the rider's name, None where there is none. Raises ConnectionError when it cannot be asked."""
        ...


class RegistrationDirectory:
    """Asks registration, with a token for `rider.name:read`; never call it inside a transaction."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def name_of(self, rider_id: str) -> str | None:
        """Return the rider's name, None where there is none. Raises ServiceUnavailableError."""
        found = self._client.find_json(f"/api/registration/riders/{quote(rider_id, safe='')}/name")
        return None if found is None else found["name"] or None
