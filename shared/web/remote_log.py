"""Another service's log, read over its API by whoever holds a token for `events:read`."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from shared.messaging.source import PAGE_MAX, Head
from shared.web.client import ServiceClient


class RemoteLog:
    """The source that asks a publisher; every method raises ServiceUnavailableError when it does not answer."""

    def __init__(self, client: ServiceClient, publisher: str) -> None:
        self._client, self._events = client, f"/api/{publisher}/events"

    def heads(self, after: int, limit: int = PAGE_MAX) -> list[Head]:
        """Return the heads whose position is above `after`, in order of position."""
        lines = self._client.lines(f"{self._events}/heads?{urlencode({'after': after, 'limit': limit})}")
        return [Head(**json.loads(line)) for line in lines]

    def after(self, position: int, limit: int = PAGE_MAX) -> list[str]:
        """Return events above a position, in the order of the log."""
        return self._client.lines(f"{self._events}?{urlencode({'after': position, 'limit': limit})}")

    def of_subjects(self, after: Mapping[str, int], limit: int = PAGE_MAX) -> list[str]:
        """Return events of subjects, each above a sequence, each subject's in order."""
        pairs = [{"subject": subject, "after_sequence": sequence} for subject, sequence in after.items()]
        asked = [*(item for pair in pairs for item in pair.items()), ("limit", limit)]
        return self._client.lines(f"{self._events}?{urlencode(asked)}")
