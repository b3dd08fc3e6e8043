"""The catalogue of problem codes is the one that the guide shows, and every refusal is in it."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx

import backend.app  # noqa: F401 - brings every room in, and with it the refusals it may say
from backend.core.refusals import Refusal
from backend.serving import problem_catalogue
from tests.application import whole_house

COMMITTED = Path(__file__).parents[2] / "mobile_api_spec" / "problems.json"
CATALOGUE = json.loads(COMMITTED.read_text(encoding="utf-8"))["problems"]


def test_the_committed_catalogue_is_the_one_that_the_code_has() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == problem_catalogue.text(), "run `make spec`"


def test_every_refusal_is_in_it_with_its_status() -> None:
    told = {each["code"]: each["status"] for each in CATALOGUE}

    assert {kind.code: kind.status for kind in every_refusal()} == told


def test_a_code_has_one_status_and_one_title_wherever_it_is_said() -> None:
    said = defaultdict(set)
    for kind in every_refusal():
        said[kind.code].add((kind.status, kind.title))

    assert {code: told for code, told in said.items() if len(told) > 1} == {}


def test_every_problem_says_in_both_languages_what_it_is_and_what_it_means() -> None:
    for each in CATALOGUE:
        assert re.fullmatch(r"[a-z0-9]+/[a-z0-9-]+", each["code"])
        assert each["title"]["en"] != each["title"]["zh"]
        assert re.search("[\u4e00-\u9fff]", each["title"]["zh"])
        assert each["code"].startswith("console/") or each["meaning"] != problem_catalogue._ON_A_PAGE, each["code"]


async def test_the_guide_shows_the_same_codes() -> None:
    transport = httpx.ASGITransport(whole_house())
    async with httpx.AsyncClient(transport=transport, base_url="http://lianxin.test") as client:
        page = unescape((await client.get("/docs/problems", headers={"Accept-Language": "en"})).text)

    assert [each["code"] for each in CATALOGUE if f'id="{each["code"]}"' not in page] == []
    assert [each["code"] for each in CATALOGUE if each["title"]["en"] not in page] == []


def every_refusal(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    yield kind
    for each in kind.__subclasses__():
        yield from every_refusal(each)
