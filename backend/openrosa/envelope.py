"""What every answer to a phone looks like: OpenRosa's headers, and for words an OpenRosaResponse that Collect shows.

Source: docs.getodk.org/openrosa-http; an answer without X-OpenRosa-Version is taken for a hotel's sign-in page.
`Date` is the HTTP server's own.
"""

import re
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from litestar import Request, Response
from litestar.types import ExceptionHandlersMap

from backend.core.problems import HANDLERS
from backend.core.settings import settings
from backend.core.words import language

XML = "text/xml"  # Litestar adds the charset that Collect compares
NAMESPACE = "http://openrosa.org/http/response"
CHALLENGE = 'Basic realm="lianxin", charset="UTF-8"'

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def headers() -> dict[str, str]:
    """What every answer carries. Collect starts a new POST when XML and files would exceed the length told."""
    return {
        "X-OpenRosa-Version": "1.0",
        "X-OpenRosa-Accept-Content-Length": str(settings().openrosa_accept_bytes),
        "Content-Language": language.get(),
        "Vary": "Accept-Language, Authorization",
    }


def told(message: str, *, status: int, nature: str) -> Response[bytes]:
    """An envelope with one message; `nature` is `submit_success` or `error`."""
    shown = f'<message nature="{nature}">{xml_text(message)}</message>'
    body = f'<?xml version="1.0" encoding="UTF-8"?><OpenRosaResponse xmlns="{NAMESPACE}">{shown}</OpenRosaResponse>'
    return Response(body.encode(), status_code=status, media_type=XML, headers=headers())


def xml_text(text: str) -> str:
    """Escaped, and without the characters that no XML may hold."""
    return escape(_NOT_XML.sub("", text), {'"': "&quot;"})


def _in_envelope(handler: Callable[..., Response[Any]]) -> Callable[..., Response[bytes]]:
    """The house's own answer to a refusal or a bug, said the way a phone can show it."""

    def handle(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        problem = handler(request, error)
        answer = told(_sentence(problem.content), status=problem.status_code or 500, nature="error")
        if "retry-after" in problem.headers:
            answer.headers["Retry-After"] = problem.headers["retry-after"]
        if problem.status_code == 401:
            answer.headers["WWW-Authenticate"] = CHALLENGE
        return answer

    return handle


def _sentence(problem: dict[str, Any]) -> str:
    """What was refused, why, and each field that is meant: a line each."""
    fields = [f"{error['pointer'].lstrip('/')}: {error['detail']}" for error in problem.get("errors", ())]
    return "\n".join(dict.fromkeys([problem["title"], problem["detail"], *fields]))


ENVELOPE_HANDLERS: ExceptionHandlersMap = {kind: _in_envelope(handler) for kind, handler in HANDLERS.items()}
"""For a Router's `exception_handlers`: everything that `core.problems` knows to refuse."""
