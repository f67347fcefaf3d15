"""The adapter through which notify asks registration for a rider's number."""

from urllib.parse import quote

from shared.web.client import ServiceClient


class RegistrationPhones:
    """Asks registration, with a token for `rider.phone:read`; never call it inside a transaction."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def phone_of(self, rider_id: str) -> str | None:
        """Return the rider's number, None where there is none. Raises ServiceUnavailableError."""
        found = self._client.find_json(f"/api/registration/riders/{quote(rider_id, safe='')}/phone")
        return None if found is None else found["phone"] or None
