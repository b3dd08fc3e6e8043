"""Every answer that a test gets is held against the document that phones are built on.

`held(app)` stands around an application. What an operation of the document answers has to be told there: its status,
kind of content, headers, and a body that fits the schema; a refusal's code is in the catalogue with that status, and
listed for this operation. What was taken (2xx) has to fit what the document says may be sent: a typed client sends
nothing else.

A body is looked at the first few times that its shape is seen; all else, each time.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl

import httpx
import msgspec
from backports import zstd
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tests.spec.promises import Json, misfits, operations, problems, shared_problems

EACH_SHAPE = 2
"""How often a body of one shape is held against its schema."""
KEPT_BYTES = 1_000_000
"""Of a longer body only status and headers are looked at."""

EVERYWHERE = frozenset(
    {
        *("content-type", "content-length", "content-encoding", "content-language", "vary", "cache-control", "date"),
        *("x-request-id", "set-cookie", "x-content-type-options", "referrer-policy", "content-security-policy"),
        *("x-frame-options", "permissions-policy", "x-accel-buffering", "transfer-encoding", "connection", "allow"),
        *("access-control-allow-origin", "x-robots-tag"),
    }
)
"""Headers of an answer that need no promise: of HTTP itself, for a browser's safety, for robots."""
ORDINARY = frozenset(
    {
        *("host", "accept", "accept-encoding", "accept-language", "connection", "user-agent", "authorization"),
        *("cookie", "content-type", "content-length", "content-encoding", "origin", "referer"),
        *("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded"),
        *("x-request-id", "transfer-encoding", "expect", "date", "upload-opener", "webhook-signature", "webhook-id"),
        *("webhook-timestamp", "tus-resumable", "x-http-method-override"),
    }
)
"""Headers of a request that no operation has to tell of: of HTTP itself, or told with security schemes, or tus."""
ASKED_OTHERWISE = {
    "listForms": "Collect and its relatives ask by parameters that mean nothing here; OpenRosa says to ignore them",
    "submitForm": "Collect sends headers and parameters of its own",
    "getForm": "the same",
    "receiveReceipts": "each provider signs in headers of its own",
}
"""Operation: why requests may hold headers and parameters that the document does not tell of."""

LISTED_IN = "backend/openapi/refusals.toml"
SENT_IN_WORDS = frozenset({"createUpload", "continueUpload"})
"""What is sent stands in their description: for application/offset+octet-stream, generators of typed clients leave the
whole operation out."""

_REFUSED = re.compile(rb'"refused":(?!0)|"outcome":"refused"')
"""In the answer to a batch: some of what was sent was wrong, each row for itself, so that the whole need not fit."""


@dataclass
class Exchange:
    """One request and its answer, as they went by."""

    sent: bytearray = field(default_factory=bytearray)
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    complete: bool = True

    def keep(self, where: bytearray, part: bytes) -> None:
        """A part of a body, as long as it is worth looking at."""
        if len(where) + len(part) > KEPT_BYTES:
            self.complete = False
        else:
            where += part


class Held:
    """An application whose answers are held against the document."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, listen, and say afterwards what was wrong."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange()

        async def heard() -> Any:
            message = await receive()
            exchange.keep(exchange.sent, message.get("body", b""))  # type: ignore[arg-type]
            return message

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status, exchange.headers = message["status"], list(message["headers"])
            elif message["type"] == "http.response.body":
                exchange.keep(exchange.body, message["body"])
            await send(message)

        await self._app(scope, heard, told)
        wrong = [*violations(dict(scope), exchange)]
        assert not wrong, "\n".join(["mobile_api_spec/openapi.json (`make spec`) does not say so:", *wrong])


def violations(scope: Json, exchange: Exchange) -> Iterator[str]:
    """What of an exchange the document does not say, each with operation, status and place."""
    name = getattr(scope.get("route_handler"), "operation_id", None)
    operation = operations().get(name) if isinstance(name, str) else None
    if operation is None:
        return
    answer = httpx.Headers(exchange.headers)
    for each in _of_answer(operation, exchange, answer):
        yield f"{name} {exchange.status}: {each}"
    if 200 <= exchange.status < 300 and not _REFUSED.search(exchange.body):
        for each in _of_request(operation, scope, exchange):
            yield f"{name} request: {each}"


def _of_answer(operation: Json, exchange: Exchange, answer: httpx.Headers) -> Iterator[str]:
    status = exchange.status
    key = _status_told(operation["responses"], status)
    if key is None:
        yield "the status is not told"
        return
    response = operation["responses"][key]
    promised = {header.lower(): one for header, one in response.get("headers", {}).items()}
    for header in answer.keys() - promised.keys() - EVERYWHERE:
        yield f"header {header} is not told"
    for header in (header for header, one in promised.items() if one.get("required") and header not in answer):
        yield f"header {header} is promised and missing"
    if status in (429, 503) and "retry-after" not in answer:
        yield "does not say when to come again (Retry-After)"
    if status == 401 and "www-authenticate" not in answer:
        yield "does not say how to sign in (WWW-Authenticate)"
    yield from _of_content(operation, response, exchange, answer)


def _status_told(responses: Json, status: int) -> str | None:
    for key in (str(status), f"{status // 100}XX", "default" if status >= 400 else ""):
        if key in responses:
            return key
    return None


def _of_content(operation: Json, response: Json, exchange: Exchange, answer: httpx.Headers) -> Iterator[str]:
    at, content = response["at"], response.get("content", {})
    kind = answer.get("content-type", "").partition(";")[0].strip()
    if not exchange.body and not content:
        return
    if not exchange.body and exchange.status in (204, 304):
        yield "content is told, and there is none"
        return
    if not {kind, f"{kind.partition('/')[0]}/*", "*/*"} & content.keys():
        yield f"content of the kind {kind or 'none'} is not told ({', '.join(content) or 'none is'})"
        return
    if kind.endswith("json") and exchange.complete:
        body = _decoded(exchange, answer)
        if body is None:
            yield "is no JSON"
        else:
            yield from _of_body(f"{at}/content/{kind.replace('/', '~1')}/schema", body[0])
            if kind == "application/problem+json":
                yield from _of_problem(operation, body[0], exchange.status)


def _of_problem(operation: Json, body: Any, status: int) -> Iterator[str]:
    code = body.get("code")
    if (body.get("status"), problems().get(code)) != (status, status):
        yield f"{code} is not in the catalogue with this status"
    elif not is_listed(operation, code):
        yield f'{code} is not listed for it: add "{code}" to {operation["operationId"]} in {LISTED_IN}, `make spec`'


def is_listed(operation: Json, code: str) -> bool:
    """Whether the document says that this operation refuses with a code, or that any may."""
    return code in shared_problems() or code in chain(*operation.get("x-problems", {}).values())


def _decoded(exchange: Exchange, answer: httpx.Headers) -> tuple[Any] | None:
    try:
        return (msgspec.json.decode(_plain(bytes(exchange.body), answer.get("content-encoding"))),)
    except (msgspec.DecodeError, zlib.error, zstd.ZstdError):
        return None


def _plain(body: bytes, encoding: str | None) -> bytes:
    if encoding == "zstd":
        return zstd.ZstdDecompressor().decompress(body)
    return zlib.decompress(body, wbits=31) if encoding == "gzip" else body


def _of_request(operation: Json, scope: Json, exchange: Exchange) -> Iterator[str]:
    headers = httpx.Headers(scope["headers"])
    if operation["operationId"] not in ASKED_OTHERWISE:
        yield from _of_parameters(operation, scope, headers)
    if exchange.sent and operation["operationId"] not in SENT_IN_WORDS:
        yield from _of_sent(operation, exchange, headers)
    elif operation.get("requestBody", {}).get("required") and "ndjson" not in headers.get("content-type", ""):
        yield "a body is required, and it went without"


def _of_parameters(operation: Json, scope: Json, headers: httpx.Headers) -> Iterator[str]:
    told = {(each["in"], each["name"].lower()): each for each in operation.get("parameters", ())}
    harmless = {"idempotency-key"} if scope["method"] in ("GET", "DELETE") else set()  # sent with everything
    for header in headers.keys() - ORDINARY - harmless:
        if ("header", header) not in told and not header.startswith("sec-"):
            yield f"header {header} is not told"
    for name, _ in parse_qsl(scope["query_string"].decode(), keep_blank_values=True):
        if ("query", name.lower()) not in told:
            yield f"parameter {name} is not told"


def _of_sent(operation: Json, exchange: Exchange, headers: httpx.Headers) -> Iterator[str]:
    kind = headers.get("content-type", "application/json").partition(";")[0].strip()
    content = operation.get("requestBody", {}).get("content", {})
    if kind not in content:
        yield f"a body of the kind {kind} is not told ({', '.join(content) or 'none is'})"
        return
    at = f"{operation['at']}/requestBody/content/{kind.replace('/', '~1')}/schema"
    if kind == "application/json" and exchange.complete and "content-encoding" not in headers:
        with suppress(msgspec.DecodeError):  # cut on its way: what came whole was stored
            yield from _of_body(at, msgspec.json.decode(bytes(exchange.sent)))


_seen: Counter[tuple[str, Any]] = Counter()


def _of_body(at: str, body: Any) -> Iterator[str]:
    seen = (at, _shape(body))
    _seen[seen] += 1
    if _seen[seen] <= EACH_SHAPE:
        yield from misfits(body, at)


def _shape(value: Any, depth: int = 0) -> Any:
    """What a value looks like: its members and their kinds; of a list, its first three."""
    if isinstance(value, dict):
        return tuple((key, _shape(each, depth + 1)) for key, each in value.items())
    if isinstance(value, list):
        return frozenset(_shape(each, depth + 1) for each in value[:3])
    return type(value)
