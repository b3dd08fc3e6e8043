"""The OpenAPI document as this server keeps it: Litestar's, with refusals as they are (RFC 9457) and who signs in."""

from copy import deepcopy
from typing import Any

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.serialization import encode_json

PUBLIC = frozenset(
    {
        "checkLiveness",
        "checkReadiness",
        "readMetrics",
        "signIn",
        "refreshToken",
        "showOneTimeLink",
        "useOneTimeLink",
        "trackReceipt",
        "openReceipt",
        "addReceiptPhotos",
        "receiveReceipts",
        "getCitizenConsent",
        "requestCitizenCode",
        "registerCitizen",
        "openCitizenWarnings",
        "getCitizenWarnings",
        "changeCitizenWarnings",
        "stopCitizenWarnings",
        "verifyReport",
        "getSigningKey",
        "postInstrumentRecords",
        "receiveWarning",
        "logCall",
        "listPublicSoil",
        "getCapFeed",
        "getCapAlert",
        "verifyVisitor",
        "receiveSms",
        "listPublicPledges",
        "getCalendarFeed",
    }
)
"""Operations that ask for no token: what comes before one has one, what a monitor asks, what is signed itself."""

_METHODS = ("get", "put", "post", "patch", "delete", "head")
_OTHER_ERRORS = ("/openrosa", "/open311")  # their own envelopes
_OPEN_DOOR = "/open311"  # what is published is everybody's; the rest takes an api_key in its form


class Document(JsonRenderPlugin):
    """Serves /schema/openapi.json."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        """The document as bytes."""
        return encode_json(document(openapi_schema))


def document(schema: dict[str, Any]) -> dict[str, Any]:
    """Litestar's document, completed; the one given stays as it is."""
    whole = deepcopy(schema)
    whole["components"]["schemas"] |= _SCHEMAS
    for path, item in whole["paths"].items():
        for method in _METHODS:
            if method in item and path.startswith(_OPEN_DOOR):
                item[method]["security"] = []
            if method in item and not path.startswith(_OTHER_ERRORS):
                _complete(item[method])
    return whole


def _complete(operation: dict[str, Any]) -> None:
    public = operation["operationId"] in PUBLIC
    if public:
        operation["security"] = []
    responses = operation["responses"]
    responses["400"] = _problem("A mistake in the request; `errors` names each field")
    if not public:
        responses["401"] = _problem("Nobody is signed in, or the token no longer counts")
    responses["default"] = _problem("Any other refusal; `code` says which (see /docs#refusals)")


def _problem(description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content}


_TEXT = {"type": "string"}
_SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457. Facts a phone may want to show by itself travel as further members.",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": {**_TEXT, "format": "uri-reference"},
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "code": {**_TEXT, "description": "never changes its meaning"},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldProblem"}},
        },
        "additionalProperties": True,
    },
    "FieldProblem": {
        "type": "object",
        "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": {**_TEXT, "description": "RFC 6901 into the body, or the parameter's name"},
            "code": _TEXT,
            "detail": _TEXT,
        },
    },
}
