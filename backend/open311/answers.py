"""What a filer answered to a service's questions: checked, and said as lines that a person reads. Pure."""

from collections.abc import Mapping, Sequence

from backend.core.refusals import FieldError
from backend.core.words import Term
from backend.open311.reference import Attribute
from backend.open311.services import PUBLISH

REFERENCES = ("external_id", "fixmystreet_id")
"""Attributes that carry the client's own number, listed or not."""

LONGEST = {"string": 200, "number": 40, "datetime": 40, "text": 1000}


def wrong_answers(asked: Sequence[Attribute], given: Mapping[str, Sequence[str]]) -> list[FieldError]:
    """What is missing, unknown, or not of its kind."""
    known = {each.code: each for each in asked}
    found = [
        _wrong(code, "The service asks for this; see its definition.", "required")
        for code, each in known.items()
        if each.required and not given.get(code)
    ]
    for code, values in given.items():
        if code in known:
            found += _wrong_values(known[code], values)
        elif code not in REFERENCES:
            found.append(_wrong(code, "The service has no such attribute.", "unknown"))
    return found


def _wrong_values(each: Attribute, values: Sequence[str]) -> list[FieldError]:
    if each.datatype == "multivaluelist" or len(values) == 1:
        return [wrong for value in values if (wrong := _wrong_value(each, value))]
    return [_wrong(each.code, "One value, not several.", "several")]


def _wrong_value(each: Attribute, value: str) -> FieldError | None:
    if each.choices:
        keys = [choice.key for choice in each.choices]
        return None if value in keys else _wrong(each.code, "Choose one of: {choices}.", "choice", choices=keys)
    if each.datatype == "number" and not _is_number(value):
        return _wrong(each.code, "This is {expected}.", "number", expected=Term("a number"))
    if len(value) > LONGEST[each.datatype]:
        return _wrong(each.code, "Too long: at most {limit} characters.", "length", limit=LONGEST[each.datatype])
    return None


def _is_number(value: str) -> bool:
    try:
        return len(value) <= LONGEST["number"] and float(value) == float(value)
    except ValueError:
        return False


def _wrong(code: str, detail: str, kind: str, **facts: object) -> FieldError:
    return FieldError(pointer=f"attribute[{code}]", detail=detail, code=kind, facts=facts)


def said(asked: Sequence[Attribute], given: Mapping[str, Sequence[str]]) -> str:
    """The answers as lines in Chinese, for whoever handles the case."""
    return "\n".join(
        f"{each.description_zh}：{'、'.join(_name(each, value) for value in given[each.code])}"
        for each in asked
        if each.code in given and each.code != PUBLISH
    )


def _name(each: Attribute, value: str) -> str:
    return next((choice.name_zh for choice in each.choices if choice.key == value), value)


def may_be_published(given: Mapping[str, Sequence[str]]) -> bool:
    """Whether the filer did not say no."""
    return given.get(PUBLISH, ("yes",)) != ("no",)
