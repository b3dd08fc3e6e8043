"""What /metrics tells. With several server processes, PROMETHEUS_MULTIPROC_DIR (a folder emptied at each start, set
before Python starts) lets any of them answer for all.
"""

import os
from functools import lru_cache
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

_durations = Histogram(
    "lianxin_http_request_duration_seconds",
    "Time from the first byte of a request to the last of its answer; its count is the number of requests",
    ("method", "route", "status"),
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request. `route` is a template, so that the number of series stays small."""
    _series(method, route, status).observe(seconds)


def method(scope: Any) -> str:
    """The request's method, `other` for what is none: whatever a stranger writes makes no series and no log."""
    given = scope["method"]
    return given if given in _METHODS else "other"


@lru_cache(maxsize=4096)
def _series(method: str, route: str, status: int) -> Histogram:
    return _durations.labels(method, route, str(status))


def exposition(*, pool_size: int, pool_idle: int, jobs: dict[str, int]) -> bytes:
    """Everything in Prometheus' text format. The pool is this process's own."""
    gauges = CollectorRegistry()
    Gauge("lianxin_pool_connections", "Open connections to the database", registry=gauges).set(pool_size)
    Gauge("lianxin_pool_idle_connections", "Of these, how many wait for work", registry=gauges).set(pool_idle)
    for state, text in (("queued", "wait"), ("picked", "run"), ("failed", "are held after failing too often")):
        name = {"queued": "queued", "picked": "running", "failed": "held"}[state]
        Gauge(f"lianxin_jobs_{name}", f"Jobs that {text}", registry=gauges).set(jobs.get(state, 0))
    return generate_latest(_counted()) + generate_latest(gauges)


def _counted() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together
