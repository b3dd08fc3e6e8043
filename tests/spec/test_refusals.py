"""Which refusals an operation answers with: one file, told in the document and on the pages of the guide."""

import doctest
import re
import tomllib
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest

from backend.openapi import refusals
from tests.application import whole_house
from tests.spec import refusals_seen
from tests.spec.promises import operations, problems

LISTED = tomllib.loads(refusals.FILE.read_text(encoding="utf-8"))
DIFFERENT_IN_CHINESE = "该编号已用于另一条内容不同的记录"
"""`core/different-arguments`."""


def test_what_is_listed_is_there_operation_and_code() -> None:
    assert set(LISTED["operations"]) - set(operations()) == set()
    assert {code for codes in LISTED["operations"].values() for code in codes} - set(problems()) == set()
    assert set(LISTED["shared"]) - set(problems()) == set()


def test_what_any_operation_may_answer_is_not_said_again_with_one() -> None:
    assert {name for name, codes in LISTED["operations"].items() if {*codes} & {*LISTED["shared"]}} == set()


def test_the_file_is_sorted_so_that_a_difference_shows_one_line_for_one_code() -> None:
    text = refusals.FILE.read_text(encoding="utf-8")

    assert refusals_seen.with_lines(text, set(), LISTED["shared"]) == text


def test_a_door_that_speaks_as_its_standard_does_lists_none_of_our_codes() -> None:
    refused_otherwise = {name for name, one in operations().items() if "application/problem+json" not in kinds(one)}

    assert refused_otherwise & set(LISTED["operations"]) == set()


def kinds(operation: dict[str, dict[str, dict[str, str]]]) -> set[str]:
    return {kind for response in operation["responses"].values() for kind in response.get("content", {})}


def test_the_document_tells_each_code_under_its_status_and_leads_to_what_it_means() -> None:
    for name, codes in LISTED["operations"].items():
        told, answers = operations()[name]["x-problems"], operations()[name]["responses"]
        assert {code: int(status) for status, those in told.items() for code in those} == {
            code: problems()[code] for code in codes
        }
        for status, those in told.items():
            assert re.findall(r"\(/docs/problems/([^)]+)\)", answers[status]["description"]) == those, name


def test_an_operation_without_refusals_of_its_own_tells_none() -> None:
    telling = {name for name, one in operations().items() if "x-problems" in one}

    assert telling == set(LISTED["operations"])


@pytest.fixture
async def reader() -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who reads English, at the whole house."""
    transport, english = httpx.ASGITransport(whole_house()), {"Accept-Language": "en"}
    async with httpx.AsyncClient(transport=transport, base_url="http://lianxin.test", headers=english) as client:
        yield client


async def test_the_page_of_an_operation_says_its_refusals_and_those_of_all(reader: httpx.AsyncClient) -> None:
    english = unescape((await reader.get("/docs/operations/recordVisit")).text)
    chinese = (await reader.get("/docs/operations/recordVisit", headers={"Accept-Language": "zh"})).text

    for code in (*LISTED["operations"]["recordVisit"], *LISTED["shared"]):
        assert f'href="/docs/problems/{code}"' in english
    assert "POST /api/v1/visits" in english
    assert "Record one contact" in english
    assert DIFFERENT_IN_CHINESE in chinese
    assert (await reader.get("/docs/operations/nothingLikeThis")).status_code == 404


async def test_every_operation_is_on_the_page_of_all_and_its_address_leads_to_it(reader: httpx.AsyncClient) -> None:
    page = (await reader.get("/docs/operations")).text

    assert set(re.findall(r'href="/docs/operations/(\w+)"', page)) == set(operations())


async def test_the_page_of_a_refusal_names_the_operations_that_answer_it(reader: httpx.AsyncClient) -> None:
    of_one = (await reader.get("/docs/problems/visits/version-moved-on")).text.partition("<h1>")[0]
    of_all = (await reader.get("/docs/problems/core/malformed")).text.partition("<h1>")[0]

    named = {name for name, codes in LISTED["operations"].items() if "visits/version-moved-on" in codes}
    assert named
    assert set(re.findall(r'href="/docs/operations/(\w+)"', of_one)) == named
    assert "Any operation may answer with it." in of_all


def test_the_examples_in_what_keeps_the_file_hold() -> None:
    assert doctest.testmod(refusals_seen).failed == 0


def test_a_verb_that_two_operations_call_speaks_for_neither() -> None:
    verbs = refusals_seen.verbs_of_one_operation()

    assert verbs["backend.visits.actions.record_visit"] == "recordVisit"
    assert "backend.core.creates.id_for" not in verbs
