"""The stall's form: the names that stay, that the server knows every answer it offers, and what it never demands."""

import csv
import re
from pathlib import Path

import pytest

from backend.cases import reference
from backend.cases.loop_words import FeedbackWay
from backend.cases.words import CaseKind
from backend.hotline.paper_numbers import SLIP, read, said
from backend.kits.form_questions import questions_of
from backend.kits.forms import build_form
from backend.openrosa.market_stall_form import (
    FIXED_CATEGORIES,
    MARKET_STALL,
    WANTS_EXPERT,
)
from tests.kits.sheets import CHINESE, ENGLISH, KITS, choices, rows

STALL = KITS / "market_stall" / "forms" / "market_stall.xlsx"
CATEGORIES = Path(reference.__file__).with_name("categories.csv")

AGREED_PATHS = [
    "/data/damm",
    "/data/stall/market",
    "/data/stall/place",
    "/data/stall/held_by",
    "/data/matter/slip_number",
    "/data/matter/begun_at",
    "/data/matter/kind",
    "/data/matter/category",
    "/data/matter/title",
    "/data/matter/words",
    "/data/matter/answer",
    "/data/matter/village",
    "/data/matter/place_note",
    "/data/matter/way",
    "/data/matter/contact_agreed",
    "/data/matter/contact_name",
    "/data/matter/contact_phone",
    "/data/matter/photo",
    "/data/meta/instanceID",
    "/data/meta/instanceName",
]


@pytest.fixture(scope="module")
def form():
    return build_form(STALL)


@pytest.fixture(scope="module")
def asked():
    """Each question by its name, as it stands in the sheet."""
    return {row["name"]: row for _, row in rows(STALL, "survey") if row["name"]}


@pytest.fixture(scope="module")
def categories():
    with CATEGORIES.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(lines) if not row["valid_to"]}


def test_it_has_exactly_the_fields_that_the_server_knows(form):
    assert form.title == "赶集摊位"
    assert list(form.paths) == AGREED_PATHS
    assert questions_of(form.xml).files == ("matter/photo",)


def test_its_choices_are_exactly_the_words_of_the_api(categories):
    assert choices(STALL) == {
        "kind": {CaseKind.QUESTION, CaseKind.REQUEST, CaseKind.SUGGESTION, WANTS_EXPERT},
        "way": set(FeedbackWay),
        "agree": {"yes", "no"},
        "category": set(categories) - set(FIXED_CATEGORIES.values()),
    }
    assert set(FIXED_CATEGORIES.values()) <= set(categories)


def test_a_category_is_called_as_in_the_system_s_list(categories):
    for _, row in rows(STALL, "choices"):
        if row["list_name"] == "category":
            known = categories[row["name"]]
            assert known["name_zh"] in row[f"label::{CHINESE}"]
            assert known["name_en"] in row[f"label::{ENGLISH}"]


@pytest.mark.parametrize(
    "number",
    [
        *(said(SLIP, n) for n in (1, 17, 4711, 9_999_999)),
        "gz 0000 0174",
        *("GZ00000171", "GZ00000147", "ZJ00000174", "GZ00000174x", "00000174"),
    ],
)
def test_the_phone_finds_the_same_numbers_mistyped_as_the_server(asked, number):
    assert xpath(asked["slip_number"]["constraint"], number, asked["damm"]["calculation"]) == (
        read(SLIP, number) is not None
    )


def test_whoever_comes_leaves_name_and_number_only_if_he_agrees(asked):
    for name in ("contact_name", "contact_phone"):
        assert asked[name]["required"] is None
        assert asked[name]["relevant"] == "${contact_agreed} = 'yes'"
    assert (asked["contact_agreed"]["required"], asked["contact_agreed"]["default"]) == (None, None)


def test_no_paper_no_photo_and_no_answer_is_demanded(asked):
    assert [asked[name]["required"] for name in ("slip_number", "photo", "answer", "words", "way")] == [None] * 5


def test_a_matter_may_keep_the_papers_own_time_but_not_one_to_come(asked):
    assert (asked["begun_at"]["default"], asked["begun_at"]["required"]) == ("now()", "yes")
    assert "now()" in asked["begun_at"]["constraint"]


async def test_the_files_it_chooses_from_are_those_the_server_makes(form, asked, cast):
    named = {row["type"].split()[1] for row in asked.values() if row["type"].startswith("select_one_from_file")}
    assert named == set(MARKET_STALL.media)
    for name, made in MARKET_STALL.media.items():
        assert f"jr://file-csv/{name}".encode() in form.xml
        assert (await made(cast.cadre)).decode().splitlines()[0].split(",") == ["name", "label"]


def xpath(constraint: str, answer: str, table: str) -> bool:
    """The constraint as ODK's XPath reckons it: its handful of functions are Python's here."""

    def substr(text: str, start: float, end: float | None = None) -> "Number":
        return Number(str(text)[int(start) : None if end is None else int(end)])

    python = re.sub(r"\.(?=,)", "said", constraint).replace("${damm}", table).replace(" = ", " == ")
    names = {"said": answer, "substr": substr, "regex": lambda text, of: re.search(of, text) is not None}
    return bool(eval(python, {"__builtins__": {}}, names | {"translate": translated}))  # noqa: S307 - our own sheet


def translated(text: str, out: str, _into: str) -> str:
    return "".join(letter for letter in text if letter not in out)


class Number(str):
    """XPath reckons with digits in a text as with a number."""

    __slots__ = ()

    def __rmul__(self, other: int) -> float:
        return other * float(self or 0)

    def __radd__(self, other: float) -> float:
        return other + float(self or 0)
