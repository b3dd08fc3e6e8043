"""What Litestar writes and a validator refuses, put right in one walk."""

import json
import re
from http import HTTPStatus
from typing import Any

_REF = re.compile(r'"#/components/schemas/([^"]+)"')


def sound(whole: dict[str, Any]) -> dict[str, Any]:
    """The document without choices of one, headers of no type, bodies of nothing, and addresses that do not follow."""
    repaired: dict[str, Any] = _repaired(whole)
    for item in repaired["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                for header in response.get("headers", {}).values():
                    header.setdefault("schema", {"type": "string"})  # `documentation_only` has none
                _as_it_is(response)
    return repaired


def _as_it_is(response: dict[str, Any]) -> None:
    """`Response[None]` has no body, and 201 is said of more than documents."""
    content = response.get("content", {})
    if content.get("application/json", {}).get("schema") == {"type": "null"}:
        del response["content"]
    if response.get("description") == HTTPStatus.CREATED.description:
        response["description"] = "Made"


def pruned(whole: dict[str, Any]) -> dict[str, Any]:
    """The document without components that nothing names: bodies that a route reads in another way than it tells."""
    schemas = whole["components"]["schemas"]
    used: set[str] = set()
    waiting = _named_in(whole["paths"]) | _named_in(whole["components"].get("responses", {}))
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= _named_in(schemas[name]) - used
    whole["components"]["schemas"] = {name: schema for name, schema in schemas.items() if name in used}
    return whole


def _named_in(node: Any) -> set[str]:
    return set(_REF.findall(json.dumps(node, ensure_ascii=False)))


def _repaired(node: Any) -> Any:
    if isinstance(node, list):
        return [_repaired(each) for each in node]
    if not isinstance(node, dict):
        return node
    told = {key: _repaired(value) for key, value in node.items()}
    only = told.get("oneOf")
    if isinstance(only, list) and len(only) == 1:  # what is left of a union with msgspec's UNSET
        del told["oneOf"]
        told = {**only[0], **told}
    return told
