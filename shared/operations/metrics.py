"""Numbers for Prometheus. Four services may share a process: metrics carry ``service``, each shows its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import structlog
from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from shared import clock
from shared.db import every_branch
from shared.http.problems import Problem
from shared.runtime import Runtime, runtime

log = structlog.get_logger(__name__)
_registry = CollectorRegistry()
_LABELS = ("service", "endpoint", "method", "status")
_requests = Counter("http_requests", "Answered requests", _LABELS, registry=_registry)
_seconds = Histogram(
    "http_request_duration_seconds", "From the headers read to the answer ready", _LABELS[:2], registry=_registry,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
# Only the worker knows these, and under several processes it answers no requests: it leaves them in the common folder.
_worker_gauges = {
    name: Gauge(name, says, ["service", *labels], registry=_registry, multiprocess_mode="mostrecent")
    for name, says, labels in (
        ("broker_up", "1 while the bus takes what is published", ()),
        ("broker_blocked", "1 while the broker asks publishers to wait", ()),
        ("consumer_behind_events", "Events of a source that are not applied yet", ("source",)),
        ("consumer_undecodable", "Messages that were no event", ("source",)),
        ("consumer_foreign", "Messages in another service's name", ("source",)),
        ("worker_seen_timestamp_seconds", "When the worker last said that it lives", ()),
    )
}
_LOOPBACK = ("127.0.0.1", "::1")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Finding a child by its labels takes longer than counting; there are only as many as routes and answers.
_children: dict[tuple[str, str, str, int], tuple[Any, Any]] = {}
blueprint = Blueprint("metrics", __name__)


def count_request(service: str, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answer. ``route`` is the rule with its placeholders, never the path."""
    place = (service, route, method, status)
    found = _children.get(place)
    if found is None:
        known = method if method in _METHODS else "other"
        found = _requests.labels(service, route, known, str(status)), _seconds.labels(service, route)
        if method == known:
            _children[place] = found
    found[0].inc()
    found[1].observe(seconds)


@blueprint.get("/metrics")
def metrics() -> Response:
    """This service's numbers, over all processes that share PROMETHEUS_MULTIPROC_DIR."""
    if runtime().environment.lan and request.remote_addr not in _LOOPBACK:
        # No proxy stands in front of one process on the local network.
        raise Problem(404, "not-found")
    return Response(exposition(runtime()), content_type=CONTENT_TYPE_LATEST)


def note_worker(here: Runtime) -> None:
    """Leave the worker's own numbers where /metrics of the web processes finds them; every few seconds."""
    for name, labels, value in _flow(here):
        gauge = _worker_gauges.get(name.removesuffix("_total"))
        if gauge is not None:
            gauge.labels(here.service.name, *labels.values()).set(value)
    _worker_gauges["worker_seen_timestamp_seconds"].labels(here.service.name).set(clock.now().timestamp())


def exposition(here: Runtime) -> bytes:
    """The text of ``/metrics``."""
    registry = CollectorRegistry()
    registry.register(_Collector(here))
    return generate_latest(registry)


class _Collector:
    def __init__(self, here: Runtime) -> None:
        self._here = here

    def collect(self) -> Iterator[Metric]:
        service = self._here.service.name
        yield from _own(_counted(), service)
        try:
            yield from _families([*_flow(self._here), *_jobs(self._here)], service)
            known = 1.0
        except Exception:
            # The database is away: what was counted in memory still counts.
            log.exception("metrics.flow_unknown")
            known = 0.0
        yield _gauge("yingbin_flow_known", "1 when the database could be asked", [({}, known)], service)
        build = {"build": self._here.environment.build}
        yield _gauge("yingbin_build_info", "Which build serves", [(build, 1.0)], service)


def _flow(here: Runtime) -> Iterator[tuple[str, dict[str, str], float]]:
    from shared.events.metrics import samples
    from shared.jobs.metrics import samples as job_samples

    yield from samples(here)
    yield from job_samples(here)


def _jobs(here: Runtime) -> Iterator[tuple[str, dict[str, str], float]]:
    from shared import jobs

    with every_branch(), here.database.reader() as session:
        found = jobs.backlog(session, clock.now())
    yield "jobs_due", {}, found["due"]
    yield "jobs_oldest_due_seconds", {}, found["oldest_seconds"]
    yield "jobs_failed", {}, found["failed"]


def _counted() -> Iterator[Metric]:
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
        yield from registry.collect()
    else:
        yield from _registry.collect()
        yield from ProcessCollector(registry=None).collect()


def _own(families: Iterator[Metric], service: str) -> Iterator[Metric]:
    for family in families:
        family.samples = [s for s in family.samples if s.labels.get("service", service) == service]
        yield family


def _families(samples: list[tuple[str, dict[str, str], float]], service: str) -> Iterator[Metric]:
    named: dict[str, list[tuple[dict[str, str], float]]] = {}
    for name, labels, value in samples:
        named.setdefault(name, []).append((labels, value))
    for name, values in named.items():
        if name.endswith("_total"):
            family: Metric = CounterMetricFamily(name.removesuffix("_total"), name, labels=["service", *values[0][0]])
            for labels, value in values:
                family.add_metric([service, *labels.values()], value)  # type: ignore[attr-defined]
            yield family
        else:
            yield _gauge(name, name, values, service)


def _gauge(name: str, says: str, values: list[tuple[dict[str, str], float]], service: str) -> Metric:
    family = GaugeMetricFamily(name, says, labels=["service", *values[0][0]])
    for labels, value in values:
        family.add_metric([service, *labels.values()], value)
    return family
