"""Where traces go, as the settings say: nowhere by default, otherwise to a collector by OpenTelemetry."""

from shared.errors import ConfigurationError
from shared.random import Random
from shared.settings import Settings
from shared.tracing import OFF, Tracer


class Traces:
    """Makes the tracers of one process; raises ConfigurationError where OpenTelemetry is wanted and not installed."""

    def __init__(self, settings: Settings, random: Random) -> None:
        self._settings, self._random, self._sink = settings, random, None
        if settings.traces_url is None:
            return
        try:
            from shared.otlp import OTLPSink  # noqa: PLC0415 - whoever records no traces need not have it installed
        except ImportError as error:
            message = (
                f"CHEQI_TRACES_URL is set, but {error.name or 'OpenTelemetry'} is not installed: install Cheqi with "
                "its extra, as in pip install 'cheqi[telemetry]', or unset CHEQI_TRACES_URL"
            )
            raise ConfigurationError(message) from error
        self._sink = OTLPSink(settings.traces_url)

    def tracer(self, service: str) -> Tracer:
        """Return the tracer of a service."""
        if self._sink is None:
            return OFF
        return Tracer(service, self._sink, self._settings.traces_ratio, self._random)

    def close(self) -> None:
        """Send what is left to send."""
        if self._sink is not None:
            self._sink.close()
