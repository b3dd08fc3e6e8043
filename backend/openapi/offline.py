"""What `syncPush` takes, verb by verb: the operations of this document, done offline.

A command's arguments are its operation's body with the path parameters in it, and are put together here from just
that. Where a command says more than its operation (two amendments), its own outer shape is told.
"""

from copy import deepcopy
from typing import Any

from backend.openapi import meanings
from backend.sync.command_catalogue import OfferedCommand, catalogue

Schema = dict[str, Any]

PUSH = "syncPush"
_RULE = """

A verb is the operationId of what does the same online, and `arguments` is that operation's body with its path
parameters in it; only amendments say more (`listSyncCommands`). Where an `id` may be left out, the record has the
command's; where a moment may be, it is `captured_at`. The verbs:

"""
_REF = "#/components/schemas/"


def tell(whole: Schema) -> None:
    """Put each verb into the body of `syncPush`, and a list of them into its description."""
    operations = {
        operation["operationId"]: (method, path, operation)
        for path, item in whole["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "operationId" in operation
    }
    if PUSH not in operations:
        return
    offered = [each for each in catalogue() if each.verb in operations]
    _, _, push = operations[PUSH]
    push["description"] += _RULE + "\n".join(_line(each, *operations[each.verb]) for each in offered)
    body = push["requestBody"]["content"]["application/json"]["schema"]
    schemas, commands = whole["components"]["schemas"], body["properties"]["commands"]
    outer = commands["items"]
    for shape in (body, outer, outer["properties"]["author"]):
        meanings.spread(shape)
    schemas["CommandAuthor"] = outer["properties"]["author"] | {"title": "CommandAuthor"}
    for each in offered:
        schemas[_word(each.verb, "Arguments")] = _arguments(each, operations[each.verb][2], schemas)
        schemas[_word(each.verb, "Command")] = _command(each, outer)
    names = {each.verb: _REF + _word(each.verb, "Command") for each in offered}
    commands["items"] = {
        "oneOf": [{"$ref": name} for name in names.values()],
        "discriminator": {"propertyName": "verb", "mapping": names},
    }


def _line(offered: OfferedCommand, method: str, path: str, operation: Schema) -> str:
    return f"- [`{offered.verb}`](#operation/{offered.verb}) ({method.upper()} `{path}`): {operation['summary']}"


def _word(verb: str, ending: str) -> str:
    return verb[0].upper() + verb[1:] + ending


def _command(offered: OfferedCommand, outer: Schema) -> Schema:
    told = deepcopy(outer)
    told["properties"] |= {
        "verb": {"type": "string", "const": offered.verb},
        "arguments": {"$ref": _REF + _word(offered.verb, "Arguments")},
        "author": {"$ref": _REF + "CommandAuthor"},
    }
    return told | {"title": _word(offered.verb, "Command"), "description": offered.does}


def _arguments(offered: OfferedCommand, operation: Schema, schemas: Schema) -> Schema:
    own = _own(offered)
    body, in_path = _body(operation, schemas), _in_path(operation)
    if set(own["properties"]) == {*body.get("properties", {}), *in_path}:
        own |= {
            "properties": in_path | deepcopy(body.get("properties", {})),
            "required": [*in_path, *body.get("required", [])],
        }
    return own | {"title": _word(offered.verb, "Arguments"), "description": offered.does}


def _own(offered: OfferedCommand) -> Schema:
    """The shape that the command's struct has, in one piece."""
    shapes = offered.arguments["$defs"]
    told: Schema = _in_one_piece(shapes[offered.arguments["$ref"].rpartition("/")[2]], shapes)
    return told


def _in_one_piece(node: Any, shapes: Schema) -> Any:
    """Without references into a document of its own, and without titles, by which generators name classes."""
    if isinstance(node, list):
        return [_in_one_piece(each, shapes) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        node = shapes[node["$ref"].rpartition("/")[2]] | {key: node[key] for key in node if key != "$ref"}
    told = {key: _in_one_piece(value, shapes) for key, value in node.items()}
    if isinstance(told.get("title"), str):
        del told["title"]
    return told


def _body(operation: Schema, schemas: Schema) -> Schema:
    if "requestBody" not in operation:
        return {}
    body: Schema = operation["requestBody"]["content"]["application/json"]["schema"]
    while "$ref" in body:
        body = schemas[body["$ref"].removeprefix(_REF)]
    return body


def _in_path(operation: Schema) -> Schema:
    return {each["name"]: deepcopy(each["schema"]) for each in operation.get("parameters", []) if each["in"] == "path"}
