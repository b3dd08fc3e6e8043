"""Who signs in where, and what a refusal looks like at each door."""

from typing import Any

from backend.openapi import carrying, georeport

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


def in_rows(schemas: dict[str, Any]) -> None:
    """A row of a batch that is refused carries its problem: tell its shape."""
    for schema in schemas.values():
        shape = schema.get("properties", {}).get("problem", {})
        if shape.get("oneOf") == _ANY_OBJECT:
            shape["oneOf"] = [{"$ref": "#/components/schemas/Problem"}, {"type": "null"}]


def complete(path: str, operation: dict[str, Any]) -> None:
    """Security and refusals of one operation, as its door has them."""
    if path.startswith("/open311"):
        operation["security"] = []  # what is published is everybody's; the rest takes an api_key in its form
        georeport.complete(path, operation)
    elif path.startswith("/openrosa"):
        operation["security"] = [{"basic": []}]
        operation["responses"] |= {"4XX": _OPENROSA, "5XX": _OPENROSA}
        operation["responses"].pop("400", None)
        _with_openrosa_headers(operation)
    else:
        _complete(operation)


def _complete(operation: dict[str, Any]) -> None:
    name, responses = operation["operationId"], operation["responses"]
    if name in PUBLIC:
        operation["security"] = [{"signed_webhook": []}] if name in SIGNED else []
    responses["400"] = {"$ref": "#/components/responses/Mistake"}
    if name not in PUBLIC or name in SIGNED:
        responses["401"] = {"$ref": "#/components/responses/SignInNeeded"}
    responses["default"] = {"$ref": "#/components/responses/Refused"}


def _problem(description: str, *carried: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = {"headers": carrying.headers(*carried)} if carried else {}
    return {"description": description, **told, "content": content}


RESPONSES: dict[str, Any] = {
    "Mistake": _problem("A mistake in the request; `errors` names each field"),
    "SignInNeeded": _problem("Nobody is signed in, or the token or signature does not count", "WWW-Authenticate!"),
    "Refused": _problem("Any other refusal; `code` says which (see /docs/problems)", "WWW-Authenticate", "Retry-After"),
}
"""Components that every operation refers to."""


def _with_openrosa_headers(operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        always = carrying.headers("X-OpenRosa-Version!", "X-OpenRosa-Accept-Content-Length!")
        operation["responses"][status] = response | {"headers": response.get("headers", {}) | always}


_ANY_OBJECT = [{"type": "object", "additionalProperties": {}}, {"type": "null"}]
_TEXT = {"type": "string"}
_OPENROSA = {
    "description": "An OpenRosaResponse whose message Collect shows: 401 sign in, 403 this key does not count, 404 no "
    "such form, 409 other content under a known instanceID, 413 too large, 429 later",
    "headers": carrying.headers("WWW-Authenticate", "Retry-After"),
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
        "additionalProperties": True,
    },
} | georeport.SCHEMAS
"""Components that no room has: the shapes of refusals, and of Open311's answers."""
