"""mobile_api_spec/asyncapi.yaml (AsyncAPI 3.0): what comes without being asked for, both ways.

Shapes come from the structs that the code writes, and from the OpenAPI document for what is posted to us.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from backend.console.desk.stream_queries import Part
from backend.open311.webhook_schemas import TYPES, CaseMessage
from backend.openapi.introduction import SCHEMES
from backend.openapi.refusing import SIGNED
from backend.push.wire_schemas import NoticeEvent, PushData

_REF = "#/components/schemas/{name}"
_TITLES = {"logCall": "CallPost", "receiveSms": "TextPost", "receiveWarning": "WarningPost"}

STREAM = (
    "Server-sent events. A comment, with empty data, comes every fifteen seconds while nothing happens; the stream "
    "ends after five minutes, connect again."
)
PUSH = (
    "A push through FCM (`message.data`) or Huawei Push Kit (`message.data`, the same as a JSON text). Title and body "
    "are in the notification. All values are strings. The channel of Android's notification is the category."
)
SIGNATURE = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {"type": "string", "description": "the message's id, the same at every try"},
        "webhook-timestamp": {"type": "string", "description": "seconds since 1970 of this try"},
        "webhook-signature": {"type": "string", "description": str(SCHEMES["signed_webhook"].description)},
    },
}


def text(openapi: dict[str, Any]) -> str:
    """The document as YAML; `openapi` is the finished OpenAPI document."""
    return msgspec.yaml.encode(document(openapi)).decode()


def document(openapi: dict[str, Any]) -> dict[str, Any]:
    """Channels, operations and messages. We `send` what leaves here and `receive` what others post."""
    channels, operations = _told(), {}
    schemas, incoming = _schemas(), dict(_posted(openapi))
    for name, (address, schema) in incoming.items():
        channels[name] = _channel(address, _TITLES[name], f"{schema['description']}. See {name} in openapi.json.")
        schemas[_TITLES[name]] = schema
        schemas |= _needed(schema, openapi["components"]["schemas"])
    for name, channel in channels.items():
        operations[name] = {"action": "receive" if name in incoming else "send", "channel": {"$ref": _at(name)}}
        operations[name]["summary"] = channel["description"].partition(". ")[0].removesuffix(".")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": openapi["info"]["title"],
            "version": openapi["info"]["version"],
            "description": "What comes without being asked for: pushes, streams, and webhooks both ways. Everything "
            "else is in openapi.json.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": _messages(incoming), "schemas": schemas},
    }


def _told() -> dict[str, Any]:
    return {
        "push": _channel(None, "PushData", PUSH),
        "streamNotices": _channel("/api/v1/my/notices/stream", "NoticeEvent", f"Event `notice`. {STREAM}"),
        "streamBoard": _channel("/console/desk/stream", "BoardChanged", f"Event `changed`, for desks' pages. {STREAM}"),
        "tellPartner": _channel(
            "{address}", "CaseMessage", "To a partner, at the address that setPartnerWebhook set. " + _AGAIN
        )
        | {"parameters": {"address": {"description": "https, the partner's own"}}},
    }


_AGAIN = "Answer 2xx; anything else is tried again, later each time, and in the end held for resendDelivery."


def _channel(address: str | None, message: str, description: str) -> dict[str, Any]:
    named = {each: {"description": "the system's id"} for each in re.findall(r"\{(\w+)\}", address or "")}
    return {
        "address": address,
        "description": description,
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
        **({"parameters": named} if named else {}),
    }


def _at(channel: str) -> str:
    return f"#/channels/{channel}"


def _messages(incoming: dict[str, Any]) -> dict[str, Any]:
    signed = {"CaseMessage", *(_TITLES[name] for name in incoming)}
    names = ["PushData", "NoticeEvent", "BoardChanged", *sorted(signed)]
    return {
        name: {
            "name": name,
            "payload": {"$ref": _REF.format(name=name)},
            **({"headers": SIGNATURE} if name in signed else {}),
        }
        for name in names
    }


def _schemas() -> dict[str, Any]:
    kinds = [PushData, NoticeEvent, CaseMessage, list[Part]]
    (*_, board), components = msgspec.json.schema_components(kinds, ref_template=_REF)
    components["BoardChanged"] = {**board, "description": "the parts of the board to ask for again"}
    components["CaseMessage"]["properties"]["type"]["enum"] = list(TYPES)
    return components


def _posted(openapi: dict[str, Any]) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    for path, item in openapi["paths"].items():
        for operation in item.values():
            if operation["operationId"] in SIGNED:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                yield operation["operationId"], (path, {**schema, "description": operation["summary"]})


def _needed(schema: Any, known: dict[str, Any]) -> dict[str, Any]:
    """The components that a schema names, and those that these name."""
    found: dict[str, Any] = {}
    waiting = re.findall(r'#/components/schemas/(\w+)"', msgspec.json.encode(schema).decode())
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = known[name]
            waiting += re.findall(r'#/components/schemas/(\w+)"', msgspec.json.encode(known[name]).decode())
    return found
