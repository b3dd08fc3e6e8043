"""What a phone's programmer reads is what the server does."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from babel.messages.pofile import read_po

from backend.openapi import METHODS, PUBLIC, summaries
from backend.openapi.refusing import SIGNED
from backend.serving import spec
from tests.application import whole_house

COMMITTED = Path(__file__).parents[2] / "mobile_api_spec" / "openapi.json"
CATALOGUE = Path(summaries.__file__).parent / "locale" / "zh.po"
PROMISED = {
    "signIn",
    "refreshToken",
    "whoAmI",
    "listDivisions",
    "listMyHouseholds",
    "recordVisit",
    "recordVisits",
    "getVisit",
    "listVisits",
    "amendVisit",
    "drawSpotCheck",
}
SAMPLE = "01936f2c-8a4e-7c3b-9d21-5f0e6a7b8c9d"
QUERY = {
    "crs": "wgs84",
    "longitude": "116.28",
    "latitude": "36.9",
    "household_id": SAMPLE,
    "unit_id": SAMPLE,
    "division_code": "371526000000",
    "occurred_from": "2026-01-01T00:00:00+08:00",
    "occurred_to": "2026-02-01T00:00:00+08:00",
    "strata": "township",
    "form_id": "visit",
    "first": "GX-001",
    "households": "100",
}

DOCUMENT: dict[str, Any] = json.loads(COMMITTED.read_text(encoding="utf-8"))
OPERATIONS = [
    (operation["operationId"], method, path)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in METHODS
]
GUARDED = [operation for operation in OPERATIONS if operation[0] not in PUBLIC and operation[2].startswith("/api/")]


def test_the_committed_document_is_the_one_the_app_serves() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == spec.text(), "run `make spec` and look at the difference"


async def test_the_served_document_is_the_committed_one(served: httpx.AsyncClient) -> None:
    assert (await served.get("/schema/openapi.json")).json() == DOCUMENT


def test_every_operation_has_a_name_of_its_own_and_what_was_promised_is_there() -> None:
    names = [name for name, _, _ in OPERATIONS]

    assert len(names) == len(set(names))
    assert set(names) >= PROMISED


def test_every_operation_has_its_summary_in_chinese_and_the_catalogue_no_other() -> None:
    said = {operation["summary"]: operation["x-summary-zh"] for _, operation in operations()}
    catalogue = read_po(BytesIO(CATALOGUE.read_bytes()), locale="zh")

    assert [english for english, chinese in said.items() if english == chinese] == [], f"write it in {CATALOGUE}"
    assert {str(message.id) for message in catalogue if message.id} == set(said)
    assert {message.context for message in catalogue if message.id} == {summaries.CONTEXT}


def test_every_parameter_and_every_tag_says_what_it_is() -> None:
    bare = [
        (name, each["name"])
        for name, one in operations()
        for each in one.get("parameters", ())
        if not each.get("description")
    ]
    described = {each["name"] for each in DOCUMENT["tags"] if each["description"]}

    assert bare == []
    assert described == {tag for _, one in operations() for tag in one["tags"]}


def test_a_component_has_a_word_for_a_name_which_is_its_title_so_that_classes_can_have_it() -> None:
    named = {key: schema.get("title") for key, schema in DOCUMENT["components"]["schemas"].items()}

    assert [key for key in named if not re.fullmatch("[A-Za-z][A-Za-z0-9]*", key)] == []
    assert [key for key, title in named.items() if title not in (key, None)] == []


def test_every_signed_post_tells_its_body() -> None:
    told = {name: one["requestBody"]["content"] for name, one in operations() if name in SIGNED}

    assert set(told) == SIGNED
    assert all(content["application/json"]["schema"]["required"] for content in told.values())


def test_security_names_only_schemes_that_are_described() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    asked = DOCUMENT["security"] + [each for _, one in operations() for each in one.get("security", ())]

    assert {name for each in asked for name in each} == set(schemes)
    assert [name for name, scheme in schemes.items() if not scheme["description"]] == []


@pytest.mark.parametrize(("name", "method", "path"), GUARDED, ids=[name for name, _, _ in GUARDED])
async def test_an_operation_refuses_nobody_in_particular_and_says_how_to_get_in(
    served: httpx.AsyncClient, name: str, method: str, path: str
) -> None:
    answer = await served.request(method, _filled(path), params=_required(method, path))

    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "Bearer" in answer.headers["www-authenticate"]


async def test_a_refusal_speaks_the_readers_language(served: httpx.AsyncClient) -> None:
    chinese = await served.get("/api/v1/me")
    english = await served.get("/api/v1/me", headers={"Accept-Language": "en"})

    assert chinese.json()["title"] == "请先登录"
    assert english.json()["title"] == "Sign in first"
    assert chinese.json()["code"] == english.json()["code"] == "core/sign-in-needed"


async def test_the_type_of_a_problem_leads_to_its_explanation(served: httpx.AsyncClient) -> None:
    problem = (await served.get("/api/v1/me")).json()
    page = await served.get(problem["type"])

    assert page.status_code == 200
    assert f'id="{problem["code"]}"' in page.text


@pytest.fixture
async def served(pool: None) -> Any:
    """The whole application, on the session's database."""
    transport = httpx.ASGITransport(whole_house())
    async with httpx.AsyncClient(transport=transport, base_url="http://lianxin.test") as client:
        yield client


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [(name, DOCUMENT["paths"][path][method]) for name, method, path in OPERATIONS]


def _required(method: str, path: str) -> dict[str, str]:
    asked = DOCUMENT["paths"][path][method].get("parameters", [])
    return {one["name"]: QUERY[one["name"]] for one in asked if one["in"] == "query" and one["required"]}


def _filled(path: str) -> str:
    for name, value in {"code": "371526000000", "kind": "mock_location", "token": "x" * 24, "year": "2026"}.items():
        path = path.replace(f"{{{name}}}", value)
    while "{" in path:
        path = path[: path.index("{")] + SAMPLE + path[path.index("}") + 1 :]
    return path
