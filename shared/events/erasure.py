"""The receipt with which each service answers an erasure; one class, told apart by its source."""

from shared.events.envelope import Event


class RiderDataErasedV1(Event, subject="rider_id"):
    """The named service holds nothing personal of the rider any more."""

    rider_id: str
    service: str
