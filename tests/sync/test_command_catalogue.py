"""An app can look up what it may do offline: here, and in the document, where each command is an operation."""

from typing import Any

import jsonschema
import pytest

from backend.core import ids
from backend.openapi import document
from backend.sync.command_catalogue import catalogue
from backend.sync.commands import COMMANDS
from tests.application import whole_house
from tests.sync.batches import command, visit

CATALOGUE = "/sync/commands"


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """The document."""
    return document(whole_house().openapi_schema.to_schema())


def within(told, schema) -> jsonschema.Draft202012Validator:
    """What decides whether something has a shape of the document."""
    return jsonschema.Draft202012Validator(schema | {"components": told["components"]})


def offered(told) -> dict[str, Any]:
    push = told["paths"]["/api/v1/sync/commands"]["post"]
    schema = push["requestBody"]["content"]["application/json"]["schema"]
    return schema["properties"]["commands"]["items"]


async def test_nobody_is_told_what_can_be_done(wire):
    answer = await wire.get(CATALOGUE)

    assert (answer.status_code, answer.json()["code"]) == (401, "core/sign-in-needed")


async def test_whoever_signs_in_is_told_every_command_and_its_shape(wire, as_, cast):
    for who in (cast.stranger, cast.cadre):
        answer = await wire.get(CATALOGUE, headers=await as_(who))

        assert answer.status_code == 200
        assert [each["verb"] for each in answer.json()] == sorted(COMMANDS)
        assert all(each["does"] for each in answer.json())


def test_each_shape_is_whole_in_itself_and_takes_no_field_that_means_nothing():
    for each in catalogue():
        checker = jsonschema.Draft202012Validator(each.arguments)
        checker.check_schema(each.arguments)
        assert not checker.is_valid({"no_such_field": 1}), each.verb


def test_a_shape_takes_what_the_command_takes():
    shapes = {each.verb: jsonschema.Draft202012Validator(each.arguments) for each in catalogue()}
    moved = {"need_id": str(ids.uuid7()), "to_state": "passed_on"}

    assert shapes["moveNeed"].is_valid(moved)
    assert not shapes["moveNeed"].is_valid(moved | {"to_state": "elsewhere"})
    assert not shapes["moveNeed"].is_valid({"to_state": "passed_on"})
    assert shapes["recordVisit"].is_valid(visit()["arguments"])


def test_the_document_lists_every_command_with_the_operation_it_stands_for(told):
    description = told["paths"]["/api/v1/sync/commands"]["post"]["description"]

    for verb in COMMANDS:
        assert f"[`{verb}`](#operation/{verb})" in description
    assert set(offered(told)["discriminator"]["mapping"]) == set(COMMANDS)


def test_the_document_takes_a_command_as_a_phone_sends_it_and_no_other_verbs_arguments(told):
    checker = within(told, offered(told))
    moved = {"need_id": str(ids.uuid7()), "to_state": "passed_on"}

    assert checker.is_valid(command("moveNeed", moved))
    assert checker.is_valid(visit())
    assert not checker.is_valid(command("acknowledgeTask", moved))
    assert not checker.is_valid(command("fly", {}))


def test_the_document_says_of_each_field_of_an_amendment_what_the_phone_had_and_what_it_wants(told):
    checker = within(told, offered(told))

    def amended(**changes: Any) -> dict[str, Any]:
        return command("amendVisit", {"visit_id": str(ids.uuid7()), "reason": "补记", "changes": changes})

    assert checker.is_valid(amended(note={"from": None, "to": "周五来"}, topics={"from": [], "to": ["policy"]}))
    assert not checker.is_valid(amended(note="周五来"))
    assert not checker.is_valid(amended(note={"to": "周五来"}))
    assert not checker.is_valid(amended(point={"from": None, "to": None}))


def test_the_document_says_that_a_row_is_refused_as_a_request_is(told):
    for name in ("CommandVerdict", "VisitsRowVerdict", "MarkVerdict"):
        shape = told["components"]["schemas"][name]["properties"]["problem"]
        assert shape["oneOf"] == [{"$ref": "#/components/schemas/Problem"}, {"type": "null"}]


def test_no_command_takes_the_name_of_another_shape(told):
    house = whole_house().openapi_schema.to_schema()["components"]["schemas"]
    names = {each["$ref"].rpartition("/")[2] for each in offered(told)["oneOf"]}

    assert names.isdisjoint(house)
    assert {name.removesuffix("Command") + "Arguments" for name in names}.isdisjoint(house)
