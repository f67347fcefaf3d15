"""What the web kit needs of the service that it serves."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from shared.auth import TokenVerifier
from shared.clock import Clock
from shared.messaging.cause import Cause
from shared.messaging.source import Source
from shared.random import Random
from shared.service import Service
from shared.tracing import Tracer
from shared.web.idempotency import Forgetting


@dataclass(frozen=True)
class Health:
    """Whether a service can do its work, and why not."""

    ready: bool
    reasons: list[str]


class Watched(Protocol):
    """One running service, as an operator sees it."""

    @property
    def service(self) -> Service:
        """What runs."""
        ...

    def health(self) -> Health:
        """Tell whether the service can do its work."""
        ...

    def gauges(self) -> dict[str, float]:
        """Return what an operator watches."""
        ...


class Host(Watched, Protocol):
    """One running service, as the web kit serves it."""

    @property
    def clock(self) -> Clock:
        """The time of commands."""
        ...

    @property
    def random(self) -> Random:
        """Where ids come from."""
        ...

    @property
    def tracer(self) -> Tracer:
        """What records where requests went."""
        ...

    @property
    def verifier(self) -> TokenVerifier:
        """Who callers are."""
        ...

    @property
    def log(self) -> Source:
        """The service's log, as other services read it."""
        ...

    @property
    def forgetting(self) -> Forgetting:
        """Up to when this process has forgotten old answers."""
        ...

    def transaction(self, cause: Cause, *, alone: bool = False) -> AbstractContextManager[Session]:
        """Open a transaction whose events are written with it; one that erases a rider runs alone."""
        ...

    def snapshot(self) -> AbstractContextManager[Session]:
        """Open a snapshot to read from."""
        ...
