"""The document says what shapes and their members mean."""

import doctest
from typing import Any

import pytest

from backend.openapi import document, meanings
from tests.application import whole_house


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    """Its components."""
    shapes: dict[str, Any] = document(whole_house().openapi_schema.to_schema())["components"]["schemas"]
    return shapes


def test_the_examples_of_meanings_hold() -> None:
    assert doctest.testmod(meanings).failed == 0


def test_what_stands_over_a_struct_stands_over_its_shape(schemas: dict[str, Any]) -> None:
    page = schemas["SyncPage"]

    assert page["description"] == "What changed since a cursor."
    assert page["properties"]["reset"]["description"].startswith("forget everything held before")
    assert "basis" in schemas["ConflictRecord"]["description"]
    assert schemas["ConflictRecord"]["properties"]["fields"]["description"] == "the contested ones"


def test_each_member_of_a_command_says_what_it_is(schemas: dict[str, Any]) -> None:
    members = schemas["CompleteTaskCommand"]["properties"]

    for name in ("id", "captured_at", "after"):
        assert members[name]["description"]
    assert "SHA-256" in schemas["CommandAuthor"]["properties"]["signature"]["description"]


def test_namesakes_of_two_rooms_have_each_their_own_words(schemas: dict[str, Any]) -> None:
    assert schemas["VisitsRowVerdict"]["description"] != schemas["RostersRowVerdict"]["description"]


def test_hardly_a_shape_of_ours_is_without_a_word(schemas: dict[str, Any]) -> None:
    bare = {name for name, shape in schemas.items() if shape.get("properties") and "description" not in shape}

    assert {name for name in bare if not name.endswith(("Page", "EntityChanges"))} <= {"FieldProblem"}
