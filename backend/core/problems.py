"""Refusals on the wire: RFC 9457 `application/problem+json`, in Chinese unless the reader prefers English."""

from typing import Any
from uuid import uuid4

import asyncpg
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from backend.core.database import DatabaseDown
from backend.core.malformed import field_errors
from backend.core.refusals import FieldError, Forbidden, Refusal, SignInNeeded, TooLarge, Unknown
from backend.core.words import language, say

log = structlog.get_logger()

PROBLEM_JSON = "application/problem+json"
TYPE_PREFIX = "/docs/problems/"


class Malformed(Refusal):
    """The request cannot be read as what this address takes."""

    status, code, title = 400, "core/malformed", "The request cannot be read"


class MethodNotAllowed(Refusal):
    """The address is there and takes other methods; `Allow` names them."""

    status, code, title = 405, "core/method-not-allowed", "This address does not do that"


class UnsupportedMediaType(Refusal):
    """The body is of a kind that this address does not read; the operation names those it does."""

    status, code, title = 415, "core/unsupported-media-type", "This kind of content is not taken here"


class TooMany(Refusal):
    """Too many requests from one place; `Retry-After` says when to come again."""

    status, code, title = 429, "core/too-many", "Too many requests; wait a little"


class OurBug(Refusal):
    """Something broke here; `trouble` is the number under which it was noted. Keep what was sent and send it again."""

    status, code, title = 500, "core/our-bug", "Something broke on our side"


_OF_STATUS: dict[int, type[Refusal]] = {
    kind.status: kind
    for kind in (SignInNeeded, Forbidden, Unknown, MethodNotAllowed, TooLarge, UnsupportedMediaType, TooMany)
}


def problem(refusal: Refusal) -> dict[str, Any]:
    """A refusal as the members of a problem, in the language of this request."""
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + refusal.code,
        "title": say(refusal.title),
        "status": refusal.status,
        "detail": say(refusal.detail or refusal.title, **refusal.facts),
        "code": refusal.code,
    }
    body |= {name: fact for name, fact in refusal.facts.items() if name not in body}
    if refusal.errors:
        body["errors"] = [_field(error) for error in refusal.errors]
    return body


def _field(error: FieldError) -> dict[str, Any]:
    return error.facts | {"pointer": error.pointer, "code": error.code, "detail": say(error.detail, **error.facts)}


def refused(_: Request[Any, Any, Any], refusal: Refusal) -> Response[dict[str, Any]]:
    """The answer to a refusal."""
    headers = {"Content-Language": language.get()}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="lianxin"'
    if refusal.retry_after_s is not None:
        headers["Retry-After"] = str(refusal.retry_after_s)
    return Response(problem(refusal), status_code=refusal.status, media_type=PROBLEM_JSON, headers=headers)


def http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """What the framework itself refuses: a wrong shape, no such address, a wrong method, too large."""
    if isinstance(error, ValidationException):
        return refused(request, Malformed(_WRONG_SHAPE, errors=field_errors(error)))
    if error.detail == _HUNG_UP:
        return refused(request, Malformed("The request ended before it was complete; send it again."))
    if error.status_code >= 500:
        return our_bug(request, error)
    refusal = _of_framework(error)
    answer = refused(request, refusal)
    answer.headers.update(error.headers or {})
    return answer


_WRONG_SHAPE = "The request does not have the shape this address takes."
_HUNG_UP = "client disconnected prematurely"  # litestar.connection.request raises it as a 500


def _of_framework(error: HTTPException) -> Refusal:
    if error.status_code == 400:
        return Malformed("The request cannot be read: {reason}", reason=error.detail)
    refusal = _OF_STATUS.get(error.status_code, Refusal)()
    refusal.status = error.status_code
    return refusal


def too_deep(request: Request[Any, Any, Any], error: RecursionError) -> Response[dict[str, Any]]:
    """Brackets within brackets without end are the sender's doing; any other recursion is ours."""
    if "deserializing" in str(error):
        return refused(request, Malformed("The body is nested too deeply."))
    return our_bug(request, error)


def out_of_reach(request: Request[Any, Any, Any], error: asyncpg.DataError) -> Response[dict[str, Any]]:
    """A time or a number of the sender's that no column holds, such as the year 1 of Shandong; any other is ours."""
    if isinstance(error.__cause__, OverflowError):
        return refused(request, Malformed("A time or a number lies further off than can be kept."))
    return our_bug(request, error)


def date_out_of_reach(request: Request[Any, Any, Any], error: OverflowError) -> Response[dict[str, Any]]:
    """The same, noticed before a query; any other overflow is ours."""
    if "date value out of range" in str(error):
        return refused(request, Malformed("A time or a number lies further off than can be kept."))
    return our_bug(request, error)


def database_gone(request: Request[Any, Any, Any], error: asyncpg.PostgresError) -> Response[dict[str, Any]]:
    """The server went away under a query or its disk is full: nothing was confirmed, the phone may send it again."""
    log.error("the database went away", kind=type(error).__name__, exc_info=error)
    return refused(request, DatabaseDown())


def connection_closed(request: Request[Any, Any, Any], error: asyncpg.InterfaceError) -> Response[dict[str, Any]]:
    """The same, noticed before the query left; any other misuse of the driver is our bug."""
    if went_away(error):
        log.error("the database went away", kind=type(error).__name__, exc_info=error)
        return refused(request, DatabaseDown())
    return our_bug(request, error)


def went_away(error: Exception) -> bool:
    """Whether it is the database that went away; any other misuse of the driver is our bug."""
    return not isinstance(error, asyncpg.InterfaceError) or any(phrase in str(error) for phrase in _GONE)


def our_bug(_: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """A 500 is our bug: logged with an id that the answer carries, its text kept to ourselves."""
    return Response(
        problem(noted(error)),
        status_code=OurBug.status,
        media_type=PROBLEM_JSON,
        headers={"Content-Language": language.get()},
    )


def noted(error: Exception) -> OurBug:
    """The refusal that stands for a bug of ours, once it is logged: for one row of a batch, or a whole answer."""
    trouble = uuid4().hex[:12]
    log.error("our bug", trouble=trouble, kind=type(error).__name__, exc_info=error)
    return OurBug(_NOTED, trouble=trouble)


_GONE = ("connection is closed", "released back to the pool", "pool is clos")
_NOTED = "It has been noted under {trouble}. Nothing that was confirmed is lost; try again."

HANDLERS: ExceptionHandlersMap = {
    Refusal: refused,
    HTTPException: http_error,
    RecursionError: too_deep,
    OverflowError: date_out_of_reach,
    asyncpg.DataError: out_of_reach,
    asyncpg.PostgresConnectionError: database_gone,
    asyncpg.OperatorInterventionError: database_gone,
    asyncpg.InsufficientResourcesError: database_gone,
    asyncpg.InterfaceError: connection_closed,
    Exception: our_bug,
}
