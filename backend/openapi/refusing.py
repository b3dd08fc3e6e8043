"""Who signs in where, and what a refusal looks like at each door."""

from typing import Any

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

SIGNED = frozenset({"receiveWarning", "logCall", "receiveSms"})
"""Of these, what another system posts by the Standard Webhooks scheme."""


def complete(path: str, operation: dict[str, Any]) -> None:
    """Security and refusals of one operation, as its door has them."""
    if path.startswith("/open311"):
        operation["security"] = []  # what is published is everybody's; the rest takes an api_key in its form
        operation["responses"] |= {"400": _open311(path), "4XX": _open311(path)}
    elif path.startswith("/openrosa"):
        operation["security"] = [{"basic": []}]
        operation["responses"] |= {"4XX": _OPENROSA}
        operation["responses"].pop("400", None)
    else:
        _complete(operation)


def _complete(operation: dict[str, Any]) -> None:
    name, responses = operation["operationId"], operation["responses"]
    if name in PUBLIC:
        operation["security"] = [{"signed_webhook": []}] if name in SIGNED else []
    responses["400"] = _problem("A mistake in the request; `errors` names each field")
    if name not in PUBLIC or name in SIGNED:
        responses["401"] = _problem("Nobody is signed in, or the token or signature does not count")
    responses["default"] = _problem("Any other refusal; `code` says which (see /docs/problems)")


def _problem(description: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content}


def _open311(path: str) -> dict[str, Any]:
    kind = "application/json" if path.endswith(".json") else "text/xml"
    schema = {"$ref": "#/components/schemas/Open311Errors"} if path.endswith(".json") else _TEXT
    description = "GeoReport v2's `errors`: 400, 403 or 404 (and 429, see Retry-After), each with code and description"
    return {"description": description, "content": {kind: {"schema": schema}}}


_TEXT = {"type": "string"}
_OPENROSA = {
    "description": "An OpenRosaResponse whose message Collect shows: 401 sign in, 403 this key does not count, 404 no "
    "such form, 409 other content under a known instanceID, 413 too large, 429 later",
    "content": {"text/xml": {"schema": _TEXT}},
}
SCHEMAS: dict[str, Any] = {
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
    "Open311Errors": {
        "type": "array",
        "description": "GeoReport v2, what is refused",
        "items": {
            "type": "object",
            "required": ["code", "description"],
            "properties": {"code": {"type": "integer"}, "description": _TEXT},
        },
    },
}
"""Components that no room has: the shapes of refusals."""
