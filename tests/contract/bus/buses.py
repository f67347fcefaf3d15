"""The local bus as the contract suite drives it."""

from shared.messaging.bus import Run
from shared.messaging.local import PARTITION, LocalBus
from shared.messaging.worker import Worker
from tests.integration.kafka.stage import Stage, Telling


class LocalUnderTest(Telling):
    """A publisher and a listener on the local bus."""

    def __init__(self) -> None:
        super().__init__(LocalBus(lambda: None))
        self._worker: Worker | None = None

    def deliver(self, *documents: str) -> None:
        """Apply documents as they are, as a run that was read at the checkpoint."""
        at = self.checkpoints().get(("governance", PARTITION), 0)
        self.pair.listener.consumer.apply(Run("governance", documents, PARTITION, at, at))

    def start(self) -> None:
        """Start the listener's worker."""
        self._worker = self.pair.worker()
        self._worker.start()

    def stop(self) -> None:
        """Stop the worker, if one was started."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def close(self) -> None:
        """Do nothing: there is no client to end."""


BusUnderTest = LocalUnderTest | Stage
