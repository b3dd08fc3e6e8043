import ast
import importlib
import pkgutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

import backend
from backend.core import malformed, problems, words
from backend.core.refusals import Refusal
from backend.core.words import Term, preferred, say, translations

ROOMS = sorted(path.parent.name for path in Path(backend.__file__).parent.glob("*/__init__.py"))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9", "en"),
        ("en;q=0.2, zh;q=0.7", "zh"),
        ("zh; q=0.1, en; q=0.9", "en"),
        ("en;q=0", "zh"),
        ("fr-FR, de", "zh"),
        ("fr, en;q=0.5", "en"),
        ("*", "zh"),
        (";;;q=,,en;q=x", "zh"),
        ("EN", "en"),
    ],
)
def test_the_reader_gets_the_language_he_likes_best_of_the_two_and_chinese_otherwise(header, language):
    assert preferred(header) == language


@pytest.fixture
def english():
    token = words.language.set("en")
    yield
    words.language.reset(token)


def test_facts_fill_the_places_of_the_translated_sentence():
    assert say("Too long: at most {limit} characters.", limit=60) == "太长了，最多 60 个字符。"


def test_english_is_the_msgid_itself(english):
    assert say("Too long: at most {limit} characters.", limit=60) == "Too long: at most 60 characters."


def test_a_sentence_nobody_translated_is_said_in_english():
    assert say("Nobody wrote this {thing} down.", thing="sentence") == "Nobody wrote this sentence down."


def test_a_moment_is_shown_as_people_in_shandong_read_it():
    assert say("{at}", at=datetime(2026, 5, 1, 1, 30, tzinfo=UTC)) == "2026-05-01 09:30"


def test_a_list_is_joined_by_the_readers_own_comma():
    assert say("{rooms}", rooms=["a", "b"]) == "a、b"


def test_a_term_is_translated_inside_a_sentence():
    assert say("{kind}", kind=Term("a whole number")) == "整数"
    assert say("{kind}", kind="a whole number") == "a whole number"


def test_a_number_keeps_the_format_its_sentence_asks_for():
    assert say("{distance_m:.0f} m", distance_m=1234.56) == "1235 m"


def test_a_missing_fact_spoils_no_answer():
    assert say("Too long: at most {limit} characters.", other=1) == "太长了，最多 {limit} 个字符。"


def test_braces_in_a_fact_are_only_text():
    assert say("{note}", note="{limit.__class__}") == "{limit.__class__}"


def _modules(room):
    package = importlib.import_module(f"backend.{room}")
    for found in pkgutil.walk_packages(package.__path__, f"backend.{room}."):
        if "piccolo_migrations" not in found.name:
            yield importlib.import_module(found.name)


def _every_refusal(kind=Refusal):
    yield kind
    for each in kind.__subclasses__():
        yield from _every_refusal(each)


def _sentences(room):
    """Every literal msgid of a room: titles of refusals, and what is handed to refusals, field errors, terms, `say`."""
    modules = list(_modules(room))
    speakers = {kind.__name__ for kind in _every_refusal()} | {"FieldError", "Term", "say", "_"}
    for kind in _every_refusal():
        if kind.__module__.startswith(f"backend.{room}."):
            yield kind.title
    for module in modules:
        for call in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in speakers:
                yield from _literals(call)


def _literals(call):
    spoken = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg in ("detail", "title"))]
    for argument in spoken:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
            yield argument.value
        assert not isinstance(argument, ast.JoinedStr), f"line {argument.lineno}: an f-string cannot be translated"


@pytest.mark.parametrize("room", ROOMS)
def test_every_sentence_a_room_may_say_is_there_in_chinese(room):
    chinese = translations("zh")
    missing = sorted({sentence for sentence in _sentences(room) if chinese.gettext(sentence) == sentence})

    assert missing == []


def test_every_sentence_about_a_field_is_there_in_chinese():
    chinese = translations("zh")
    said = [detail for _, _, detail in malformed._SENTENCES] + list(malformed._TYPES.values())
    said += [problems._WRONG_SHAPE, problems._NOTED]

    assert [sentence for sentence in said if chinese.gettext(sentence) == sentence] == []


def _places(text):
    return set(__import__("re").findall(r"\{(\w+)", text))


def test_a_translation_has_the_same_places_as_its_sentence():
    catalogue = translations("zh")._catalog
    wrong = {k: v for k, v in catalogue.items() if isinstance(k, str) and k and _places(k) != _places(v)}

    assert wrong == {}
