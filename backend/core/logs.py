"""Logs: one JSON object a line on stderr, with timestamp, level, event and request_id; and the middleware that gives
each request its id and its language.

No name, phone number, token or body reaches a log. So an error is told by its kind and its place in the code, its text
only where the text is ours or Python's own about code; a request by its route template, never its path or query.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, TextIO
from uuid import uuid4

import asyncpg
import msgspec
import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.types import EventDict, WrappedLogger

from backend.core import metrics, words

request_id: ContextVar[str] = ContextVar("request_id", default="")

log = structlog.get_logger("backend.access")

_SANE_ID = re.compile(rb"[A-Za-z0-9-]{1,64}")
_QUIET = {"/health/live", "/health/ready", "/metrics"}
_FRAMES_TOLD = 12


class RequestContext:
    """Outermost ASGI layer: request id, language, one access line, one metric. Wrap the whole app in it, so that what
    the framework refuses (404, 405) is told too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identifier, language = _asked(scope["headers"])
        told, spoken = request_id.set(identifier), words.language.set(language)
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", identifier.encode())]
            await send(message)

        started = perf_counter()
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            _tell(scope, status, perf_counter() - started)
            request_id.reset(told)
            words.language.reset(spoken)


def _asked(headers: Any) -> tuple[str, str]:
    """The request's id and language: the sender's own where they make sense."""
    given = language = b""
    for name, value in headers:
        if name == b"x-request-id":
            given = value
        elif name == b"accept-language":
            language = value
    identifier = given.decode() if _SANE_ID.fullmatch(given) else str(uuid4())
    return identifier, words.preferred(language.decode("latin-1"))


def _tell(scope: Any, status: int, seconds: float) -> None:
    route = _route(scope)
    metrics.observe(metrics.method(scope), route, status, seconds)
    if route not in _QUIET or status >= 400:
        log.info(
            "request", method=metrics.method(scope), route=route, status=status, duration_ms=round(seconds * 1000, 1)
        )


def _route(scope: Any) -> str:
    """The address as the code writes it; a mounted app's mount, `unknown` where no route fits."""
    if template := scope.get("path_template"):
        return str(template)
    handler = scope.get("route_handler")
    return min(handler.paths) if handler is not None else "unknown"


def configure(*, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send our own log and everybody else's through one JSON formatter. Call once, before the first line."""
    stream = stream or sys.stderr
    told: list[Any] = [_request_id, structlog.processors.add_log_level, _time, described]
    structlog.configure(
        processors=[*told, _as_json],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, _first_line, *told],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _as_json],
        )
    )
    _take_over(handler, level)


def _take_over(handler: logging.Handler, level: int) -> None:
    """Every library's logger speaks through the root's one handler. uvicorn's access log holds raw paths: silenced."""
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "pgqueuer", "litestar", "piccolo", "asyncio"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = name != "uvicorn.access"
    logging.getLogger("uvicorn.error").setLevel(level)
    logging.getLogger("uvicorn.access").disabled = True
    logging.captureWarnings(True)


def described(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by what may be told of the error: kinds, places, and text only where it is about code."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    elif error is True:
        error = sys.exception()
    if isinstance(error, BaseException):
        event["error"] = [_one(each) for each in _chain(error)]
    return event


def kind_and_place(error: BaseException) -> str:
    """`KeyError at backend/visits/actions.py:42`, for where an error must be told in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/backend/" in frame.filename] or frames
    return f"{type(error).__name__} at {_place(ours[-1])}" if ours else type(error).__name__


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _one(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES_TOLD:]
    told: dict[str, Any] = {"kind": f"{type(error).__module__}.{type(error).__qualname__}"}
    told |= _safe_facts(error)
    told["at"] = [f"{_place(frame)} {frame.name}" for frame in frames]
    return told


_OF_POSTGRES = ("sqlstate", "constraint_name", "table_name", "column_name")
_ABOUT_CODE = (AttributeError, TypeError, NameError, ImportError, AssertionError, NotImplementedError)


def _safe_facts(error: BaseException) -> dict[str, Any]:
    if isinstance(error, asyncpg.PostgresError):
        facts = {name: getattr(error, name, None) for name in _OF_POSTGRES}
        return {name: fact for name, fact in facts.items() if fact}
    if isinstance(error, OSError):
        return {"text": error.strerror}
    if isinstance(error, _ABOUT_CODE) or type(error).__module__.startswith("backend."):
        return {"text": str(error)}
    return {}


def _place(frame: traceback.FrameSummary) -> str:
    file = frame.filename
    for root in ("/site-packages/", "/backend/"):
        if root in file:
            file = root.strip("/").replace("site-packages", "") + "/" + file.rpartition(root)[2]
    return f"{file.lstrip('/')}:{frame.lineno}"


def _first_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Of another library's message only the first line: asyncio writes a failed task's whole repr below it."""
    event["event"] = str(event.get("event", "")).partition("\n")[0]
    return event


def _request_id(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if identifier := request_id.get():
        event["request_id"] = identifier
    return event


def _time(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    # the machine's clock, not core.clock: a line tells when it was written, even while a test or the seed stops time
    event["timestamp"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    return event


def _as_json(_: WrappedLogger, __: str, event: EventDict) -> str:
    return msgspec.json.encode(event, enc_hook=lambda value: type(value).__name__).decode()
