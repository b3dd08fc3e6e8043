"""Refusals as GeoReport v2 says them: a list of code and description, in the format of the address.

It knows 400, 403 and 404: what the house says with 401 is 403 here, and 409, 415 or 422 are 400 with their own number
as the code. 405, 413, 429 and 5xx stay as HTTP has them, because a client must know whether to come again.
"""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response
from litestar.types import ExceptionHandlersMap

from backend.core.problems import HANDLERS
from backend.core.refusals import Refusal, Unknown
from backend.open311.formats import answer

STATUSES = {401: 403, 409: 400, 415: 400, 422: 400}


class ApiKeyNeeded(Refusal):
    """No api_key."""

    status, code, title = 403, "open311/api-key-needed", "An api_key is needed"


class ApiKeyVoid(Refusal):
    """The api_key is not one, has run out, or may not do this."""

    status, code, title = 403, "open311/api-key-void", "This api_key does not open this"


class TooMany(Refusal):
    """Too many requests with one key, or wrong keys from one address."""

    status, code, title = 429, "open311/too-many", "Too many requests; wait a little"


class ServiceUnknown(Unknown):
    """No such service_code."""

    code, title = "open311/service-unknown", "No such service_code"


class JurisdictionUnknown(Unknown):
    """No such jurisdiction_id, or none of this partner."""

    code, title = "open311/jurisdiction-unknown", "No such jurisdiction_id"


class RequestUnknown(Unknown):
    """No such request, or none that is published."""

    code, title = "open311/request-unknown", "No such service request"


class TokenUnknown(Unknown):
    """No such token."""

    code, title = "open311/token-unknown", "No such token"


def _in_format(handler: Callable[..., Response[Any]]) -> Callable[..., Response[bytes]]:
    """The house's own answer to a refusal or a bug, said GeoReport's way."""

    def handle(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        problem = handler(request, error)
        told = problem.status_code or 500
        kept: dict[str, str] = {
            name: problem.headers[name] for name in ("Retry-After", "Allow") if name in problem.headers
        }
        return answer(request, "errors", _said(problem.content, told), status=STATUSES.get(told, told), headers=kept)

    return handle


def _said(problem: dict[str, Any], status: int) -> list[dict[str, Any]]:
    """One entry, or one for each field that is wrong."""
    fields = [f"{wrong['pointer'].lstrip('/')}: {wrong['detail']}" for wrong in problem.get("errors", ())]
    return [{"code": status, "description": said} for said in fields or [_sentence(problem)]]


def _sentence(problem: dict[str, Any]) -> str:
    title, detail = problem["title"], problem["detail"]
    return title if detail == title else f"{title}: {detail}"


OPEN311_HANDLERS: ExceptionHandlersMap = {kind: _in_format(handler) for kind, handler in HANDLERS.items()}
"""For a Router's `exception_handlers`: everything that `core.problems` knows to refuse."""
