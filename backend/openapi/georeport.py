"""What Open311's addresses answer: GeoReport v2's shapes, in JSON or in XML as the address ends.

Their handlers give bytes in either format, so Litestar cannot see what is in them. XML is JSON by the Spark convention.
"""

from typing import Any

from backend.openapi import carrying

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_WORDS: Schema = {"type": ["string", "null"]}
_MOMENT: Schema = {"type": "string", "format": "date-time"}


def _shape(description: str, members: Schema, *may_lack: str) -> Schema:
    required = [name for name in members if name not in may_lack]
    return {"type": "object", "description": description, "required": required, "properties": members}


def _list(name: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/Open311{name}"}}


SCHEMAS: Schema = {
    "Open311Service": _shape(
        "What may be asked for: a category of cases",
        {
            **dict.fromkeys(("service_code", "service_name", "description"), _TEXT),
            "metadata": {"type": "boolean", "description": "whether its definition asks anything"},
            "type": {**_TEXT, "description": "realtime: a number is given at once"},
            "keywords": {**_TEXT, "description": "with commas between"},
            "group": _TEXT,
        },
    ),
    "Open311Definition": _shape("What a service asks", {"service_code": _TEXT, "attributes": _list("Attribute")}),
    "Open311Attribute": _shape(
        "One question; send its answer as attribute[code]",
        {
            "variable": {"type": "boolean"},
            "code": _TEXT,
            "datatype": _TEXT,
            "required": {"type": "boolean"},
            "datatype_description": _WORDS,
            "order": {"type": "integer"},
            "description": _TEXT,
            "values": {**_list("Choice"), "description": "of lists: what may be answered"},
        },
        "values",
    ),
    "Open311Choice": _shape("One answer that may be chosen: send its key", {"key": _TEXT, "name": _TEXT}),
    "Open311Request": _shape(
        "A published request, as far as its kind and whoever asked let it be read",
        {
            "service_request_id": _TEXT,
            "status": {**_TEXT, "enum": ["open", "closed"]},
            "extended_status": {**_TEXT, "description": "mySociety's: how far it is, or how it ended"},
            "status_notes": {**_WORDS, "description": "what the office said last"},
            "service_name": _TEXT,
            "service_code": _TEXT,
            "description": _WORDS,
            "agency_responsible": _WORDS,
            "service_notice": _WORDS,
            "requested_datetime": _MOMENT,
            "updated_datetime": _MOMENT,
            "expected_datetime": {"type": ["string", "null"], "format": "date-time"},
            "address": _WORDS,
            "address_id": {**_WORDS, "description": "the code of its division"},
            "zipcode": {"type": "null"},
            "lat": {"type": ["number", "null"], "description": "WGS-84"},
            "long": {"type": ["number", "null"], "description": "WGS-84"},
            "media_url": {"type": "null"},
        },
    ),
    "Open311Filed": _shape(
        "A request that was filed",
        {
            "service_request_id": _TEXT,
            "service_notice": {
                **_TEXT,
                "description": "the receipt's secret, the first time: pass it on to whoever asked",
            },
            "account_id": {"type": "null"},
        },
    ),
    "Open311Token": _shape("The number of a token", {"service_request_id": _TEXT, "token": _TEXT}),
    "Open311Update": _shape(
        "What happened to a published request",
        {
            **dict.fromkeys(("update_id", "service_request_id", "status"), _TEXT),
            "updated_datetime": _MOMENT,
            "description": {**_TEXT, "description": "what the office said, as far as it is published"},
            "media_url": {"type": "null"},
        },
    ),
    "Open311Added": _shape("An update that was taken", {"update_id": _TEXT}),
    "Open311Discovery": _shape(
        "What this endpoint is and speaks",
        {
            "changeset": {**_TEXT, "description": "the day of the newest category"},
            "contact": _TEXT,
            "key_service": _TEXT,
            "endpoints": _list("Endpoint"),
        },
    ),
    "Open311Endpoint": _shape(
        "One way to speak with it",
        {
            **dict.fromkeys(("specification", "url", "changeset", "type"), _TEXT),
            "formats": {"type": "array", "items": _TEXT},
        },
    ),
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
"""Components that no room has."""

_ANSWERS: Schema = {
    "open311Discovery": {"$ref": "#/components/schemas/Open311Discovery"},
    "open311ListServices": _list("Service"),
    "open311GetService": {"$ref": "#/components/schemas/Open311Definition"},
    "open311FileRequest": _list("Filed"),
    "open311GetToken": _list("Token"),
    "open311ListRequests": _list("Request"),
    "open311GetRequest": _list("Request"),
    "open311ListUpdates": _list("Update"),
    "open311PostUpdate": _list("Added"),
}
_SENT_BEFORE = "Sent before: the same number"


def complete(path: str, operation: Schema) -> None:
    """Bodies, repeats and refusals of one operation, in the format or formats of its address."""
    responses = operation["responses"]
    name = operation["operationId"].removesuffix("Json").removesuffix("Xml")
    if "201" in responses:
        responses["200"] = {**responses["201"], "description": _SENT_BEFORE}
    for status in ("200", "201"):
        if status in responses:
            responses[status]["content"] = _content(path, _ANSWERS[name])
    refused = {
        "description": "GeoReport v2's `errors`: 400, 403 or 404 (and 429, see Retry-After), each with code and "
        "description",
        "headers": carrying.headers("Retry-After"),
        "content": _content(path, {"$ref": "#/components/schemas/Open311Errors"}),
    }
    responses |= {"400": refused, "4XX": refused}


def _content(path: str, shape: Schema) -> Schema:
    told = {}
    if not path.endswith(".xml"):
        told["application/json"] = {"schema": shape}
    if not path.endswith(".json"):
        told["text/xml"] = {"schema": {**_TEXT, "description": "the same by the Spark convention"}}
    return told
