"""What Prometheus scrapes: requests by route, and what an operator watches of each service."""

from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from shared.web.host import Watched

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """What one application counts of its requests, in a registry of its own."""

    def __init__(self, service: str) -> None:
        self.service, self.registry = service, CollectorRegistry()
        labels = ("service", "method", "route", "status")
        self._requests = Counter("cheqi_http_requests", "Requests answered", labels, registry=self.registry)
        self._seconds = Histogram(
            "cheqi_http_request_seconds", "Time to answer", ("service", "route"), registry=self.registry
        )

    def watch(self, host: Watched) -> None:
        """Let the service's gauges be read at every scrape."""
        self.registry.register(_Gauges(host))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; methods that nobody serves are one, so that a caller cannot make up labels."""
        known = method if method in METHODS else "other"
        self._requests.labels(self.service, known, route, str(status)).inc()
        self._seconds.labels(self.service, route).observe(seconds)


def exposition(metrics: Sequence[Metrics]) -> bytes:
    """Return the text that Prometheus reads, for one application or several."""
    return generate_latest(_Merged([one.registry for one in metrics]))


class _Gauges(Collector):
    """A service's gauges; while its store does not answer there are none."""

    def __init__(self, host: Watched) -> None:
        self._host = host

    def collect(self) -> Iterable[Metric]:
        try:
            values = self._host.gauges()
        except SQLAlchemyError:
            return
        for name, value in values.items():
            family = GaugeMetricFamily(f"cheqi_{name}", name.replace("_", " ").capitalize(), labels=["service"])
            family.add_metric([self._host.service.name], value)
            yield family


class _Merged(Collector):
    """Several registries as one: each metric is described once, with the samples of all."""

    def __init__(self, registries: Sequence[CollectorRegistry]) -> None:
        self._registries = registries

    def collect(self) -> Iterator[Metric]:
        merged: dict[str, Metric] = {}
        for registry in self._registries:
            for family in registry.collect():
                whole = merged.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type, family.unit)
                )
                whole.samples.extend(family.samples)
        yield from merged.values()
