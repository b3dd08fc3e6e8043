"""Is it alive, is it ready, how is it doing: for supervisors and load balancers, which send no token."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

import msgspec
import structlog
from litestar import MediaType, Request, Response, Router, get

from backend.core import database, job_queue, metrics, migrations, storage
from backend.core.refusals import Refusal, Unknown
from backend.core.settings import settings
from backend.core.words import Term

log = structlog.get_logger()

_ANSWER_WITHIN_S = 3.0
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


class NotReady(Refusal):
    """Something this process stands on does not answer: send it no requests for now."""

    status, code, title = 503, "core/not-ready", "Not ready"
    retry_after_s = 5


class Health(msgspec.Struct, frozen=True):
    """`status` is `ok`; anything else is a problem."""

    status: str = "ok"


@get("/health/live", operation_id="checkLiveness", summary="The process answers", tags=["core"])
async def check_liveness() -> Health:
    """Asks nothing of anybody else: a database that is away is no reason to restart this process."""
    return Health()


@get("/health/ready", operation_id="checkReadiness", summary="The process can do its work", tags=["core"])
async def check_readiness() -> Health:
    """Database answers, migrations have run, files can be kept; else 503, and `failing` names which does not."""
    answers = await asyncio.gather(*(_answers(name, check) for name, check in _CHECKS.items()))
    failing = [Term(name) for name, answered in zip(_CHECKS, answers, strict=True) if not answered]
    if failing:
        raise NotReady("Not ready: {failing}.", failing=failing)
    return Health()


async def _answers(name: str, check: Callable[[], Awaitable[Any]]) -> bool:
    try:
        async with asyncio.timeout(_ANSWER_WITHIN_S):
            await check()
    except Exception as error:  # whatever it is, it is a reason not to send requests here
        log.warning("not ready", failing=name, exc_info=error)
        return False
    return True


async def _database() -> None:
    await database.fetch_row("SELECT 1")


async def _migrations() -> None:
    if waiting := await migrations.pending():
        raise RuntimeError(f"{len(waiting)} migrations have not run")


async def _storage() -> None:
    probe = f"probes/{uuid4().hex}"
    await storage.put(probe, b"ready?")
    await storage.delete(probe)


_CHECKS: dict[str, Callable[[], Awaitable[None]]] = {
    "database": _database,
    "migrations": _migrations,
    "storage": _storage,
}


@get("/metrics", operation_id="readMetrics", summary="Numbers for Prometheus", tags=["core"], media_type=MediaType.TEXT)
async def read_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """For `Authorization: Bearer METRICS_TOKEN`, or, where no such token is set, from this machine itself; else 404."""
    if not _may_read(request):
        raise Unknown()
    pool = database.engine.pool
    numbers = metrics.exposition(
        pool_size=pool.get_size() if pool else 0,
        pool_idle=pool.get_idle_size() if pool else 0,
        jobs=await job_queue.counts(),
    )
    return Response(numbers, media_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read(request: Request[Any, Any, Any]) -> bool:
    token = settings().metrics_token
    if token:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    return _from_this_machine(request)


def _from_this_machine(request: Request[Any, Any, Any]) -> bool:
    """A proxy on this machine speaks for the whole world, and says so in a header."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


router = Router("/", route_handlers=[check_liveness, check_readiness, read_metrics])
