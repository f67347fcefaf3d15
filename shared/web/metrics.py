"""What Prometheus scrapes: requests by route, and what an operator watches of each service."""

from collections.abc import Iterable, Iterator, Sequence
from platform import python_version

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from shared.version import VERSION
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
            "cheqi_http_request_seconds", "Time to answer what has come", ("service", "route"), registry=self.registry
        )

    def watch(self, host: Watched) -> None:
        """Let the service's gauges be read at every scrape."""
        self.registry.register(_Gauges(host))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; methods that nobody serves are one, so that a caller cannot make up labels."""
        self._requests.labels(self.service, method_told(method), route, str(status)).inc()
        self._seconds.labels(self.service, route).observe(seconds)


def method_told(method: str) -> str:
    """Return a request's method as it is told."""
    return method if method in METHODS else "other"


def exposition(metrics: Sequence[Metrics]) -> bytes:
    """Return the text that Prometheus reads, for one application or several."""
    return generate_latest(_Merged([one.registry for one in metrics]))


def describe_process(metrics: Metrics) -> None:
    """Let a registry tell of this process too: its memory, processor time and start, and which version it runs."""
    ProcessCollector(registry=metrics.registry)
    metrics.registry.register(_Build())


class _Gauges(Collector):
    """A service's gauges; while its store does not answer there is none but the one that says so."""

    def __init__(self, host: Watched) -> None:
        self._host = host

    def collect(self) -> Iterable[Metric]:
        try:
            values = {**self._host.gauges(), "store_answers": 1}
        except SQLAlchemyError:
            values = {"store_answers": 0}
        for name, value in values.items():
            yield _gauge(name, {"service": self._host.service.name}, value)


class _Build(Collector):
    """Which version runs, on which Python."""

    def collect(self) -> Iterable[Metric]:
        yield _gauge("build_info", {"version": VERSION, "python": python_version()}, 1)


def _gauge(name: str, labels: dict[str, str], value: float) -> Metric:
    family = GaugeMetricFamily(f"cheqi_{name}", name.replace("_", " ").capitalize(), labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family


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
