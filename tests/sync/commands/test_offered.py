"""Whoever knows an operation knows its command: the same name, the same fields, the same words."""

from typing import Any

import msgspec
import pytest

from backend.sync.commands import COMMANDS
from tests.application import whole_house

OTHERWISE = {"amendVisit", "amendHousehold"}
"""Their commands say for each field what the phone had, too (`commands.amending`)."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    house = whole_house()
    return house.openapi_schema.to_schema()


@pytest.fixture(scope="module")
def operations(document) -> dict[str, dict[str, Any]]:
    found = [each for item in document["paths"].values() for each in item.values() if isinstance(each, dict)]
    return {each["operationId"]: each for each in found if "operationId" in each}


def body_of(operation, document) -> dict[str, Any]:
    """Its JSON body, with what it points to put in."""
    if "requestBody" not in operation:
        return {"properties": {}, "required": []}
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def in_path(operation) -> set[str]:
    return {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}


def told(arguments: type) -> dict[str, Any]:
    schema = msgspec.json.schema(arguments)
    return schema["$defs"][schema["$ref"].rsplit("/", 1)[-1]]


@pytest.mark.parametrize("verb", sorted(COMMANDS))
def test_a_command_has_the_name_of_an_operation(verb, operations):
    assert verb in operations


@pytest.mark.parametrize("verb", sorted(set(COMMANDS) - OTHERWISE))
def test_a_commands_arguments_are_its_operations_body_and_path(verb, operations, document):
    operation, arguments = operations[verb], told(COMMANDS[verb].arguments)
    body = body_of(operation, document)

    assert set(arguments["properties"]) == set(body["properties"]) | in_path(operation)
    assert set(arguments.get("required", [])) == set(body.get("required", [])) | in_path(operation)
    assert arguments["additionalProperties"] is False, "a field that means nothing is told, not dropped"
    for name, shape in body["properties"].items():
        theirs, ours = shape.get("type"), arguments["properties"][name].get("type")
        assert theirs is None or ours is None or theirs == ours, name


@pytest.mark.parametrize("verb", sorted(OTHERWISE))
def test_an_amendment_is_about_the_record_in_its_operations_path(verb, operations):
    assert in_path(operations[verb]) <= set(told(COMMANDS[verb].arguments)["required"])
