"""A phone made for the last released document goes on working."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.spec.compatibility import breaks

SPEC = Path(__file__).parents[2] / "mobile_api_spec"
NOTICE = timedelta(days=180)
SMALL: dict[str, Any] = {
    "security": [{"bearer": []}],
    "paths": {
        "/visits": {
            "post": {
                "operationId": "recordVisit",
                "parameters": [{"name": "crs", "in": "query", "required": False, "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Visit"}}}},
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Record"}}}}
                },
            },
            "get": {"operationId": "listVisits", "security": [], "responses": {"204": {}}},
        }
    },
    "components": {
        "schemas": {
            "Visit": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "channel": {"type": "string", "enum": ["visit", "call"]},
                    "note": {"oneOf": [{"type": "string"}, {"type": "null"}], "maxLength": 500},
                },
            },
            "Record": {
                "type": "object",
                "required": ["id", "state"],
                "properties": {
                    "id": {"type": "string"},
                    "state": {"type": "string", "enum": ["kept", "void"]},
                    "after": {"oneOf": [{"$ref": "#/components/schemas/Record"}, {"type": "null"}]},
                },
            },
        }
    },
}

BROKEN: dict[str, Callable[[Any, Any, Any], Any]] = {
    "recordVisit: POST /visits is gone": lambda paths, visit, record: paths["/visits"].pop("post"),
    "recordVisit: is now called addVisit": lambda paths, *_: post(paths).update(operationId="addVisit"),
    "recordVisit: parameter crs is gone": lambda paths, *_: post(paths)["parameters"].clear(),
    "recordVisit: parameter crs is required now": lambda paths, *_: post(paths)["parameters"][0].update(required=True),
    "recordVisit: application/json is no longer taken": lambda paths, *_: post(paths)["requestBody"]["content"].clear(),
    "recordVisit: the answer 201 is gone": lambda paths, *_: post(paths)["responses"].clear(),
    "recordVisit: request.channel is required now": lambda _, visit, __: visit["required"].append("channel"),
    "recordVisit: request.note is no longer taken": lambda _, visit, __: visit["properties"].pop("note"),
    "recordVisit: request.note takes no null": lambda _, visit, __: visit["properties"]["note"]["oneOf"].pop(),
    "recordVisit: request.note has a lower maxLength": lambda _, v, __: v["properties"]["note"].update(maxLength=60),
    "recordVisit: request.channel no longer takes call": lambda _, v, __: v["properties"]["channel"]["enum"].pop(),
    "recordVisit: request.id is of another format": lambda _, v, __: v["properties"]["id"].update(format="ulid"),
    "recordVisit: answer.state may be missing now": lambda _, __, record: record["required"].remove("state"),
    "recordVisit: answer.state is no longer told": lambda _, __, record: record["properties"].pop("state"),
    "recordVisit: answer.state may now be any word": lambda _, __, record: record["properties"]["state"].pop("enum"),
    "recordVisit: answer.id may now be integer": lambda _, __, record: record["properties"]["id"].update(
        type="integer"
    ),
    "listVisits: asks for a sign-in now": lambda paths, *_: paths["/visits"]["get"].pop("security"),
}
FREE: dict[str, Callable[[Any, Any, Any], Any]] = {
    "a new operation": lambda paths, *_: paths.update({"/needs": {"get": {"operationId": "x", "responses": {}}}}),
    "a parameter that may be left out": lambda paths, *_: post(paths)["parameters"].append(
        {"name": "on", "in": "query", "required": False, "schema": {"type": "string"}}
    ),
    "a field that may be left out": lambda _, visit, __: visit["properties"].update(team={"type": "integer"}),
    "a word more that is taken": lambda _, visit, __: visit["properties"]["channel"]["enum"].append("sms"),
    "a field more that is told": lambda _, __, record: record["properties"].update(late={"type": "boolean"}),
    "a word more that is told": lambda _, __, record: record["properties"]["state"]["enum"].append("waiting"),
    "a longer note": lambda _, visit, __: visit["properties"]["note"].update(maxLength=900),
}


def post(paths: Any) -> Any:
    return paths["/visits"]["post"]


def changed(change: Callable[[Any, Any, Any], Any]) -> dict[str, Any]:
    new = deepcopy(SMALL)
    schemas = new["components"]["schemas"]
    change(new["paths"], schemas["Visit"], schemas["Record"])
    return new


@pytest.mark.parametrize("said", BROKEN)
def test_what_breaks_a_phone_is_named(said: str) -> None:
    assert said in breaks(SMALL, changed(BROKEN[said]))


@pytest.mark.parametrize("what", FREE)
def test_what_is_added_breaks_nothing(what: str) -> None:
    assert breaks(SMALL, changed(FREE[what])) == []


def test_nothing_breaks_the_last_released_document_but_what_was_agreed() -> None:
    newest = max((SPEC / "released").glob("openapi-*.json"))

    found = breaks(read(newest), read(SPEC / "openapi.json"))

    agreed = {each["break"] for each in [*exceptions(), *exceptions("corrected")]}
    assert [each for each in found if each not in agreed] == [], "mobile_api_spec/README.md says what to do"
    assert agreed <= set(found), "agreed, and not so: take it out"


def test_an_agreed_break_says_why_and_gives_half_a_years_notice() -> None:
    for each in exceptions():
        assert each["why"]
        assert date.fromisoformat(each["sunset"]) - date.fromisoformat(each["agreed"]) >= NOTICE


def test_a_correction_says_what_the_house_has_always_done() -> None:
    assert [each for each in exceptions("corrected") if not each["why"]] == []


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def exceptions(kind: str = "agreed") -> list[dict[str, str]]:
    return list(read(SPEC / "released" / "exceptions.json")[kind])
