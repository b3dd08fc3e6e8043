"""Which field of a request has the wrong shape, and how, in words: msgspec's messages read back into field errors."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar.exceptions import ValidationException

from backend.core.refusals import FieldError
from backend.core.shapes import NO_NUL
from backend.core.words import Term

_TYPES = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
    "datetime": "a date and time",
    "date": "a date",
    "uuid": "a UUID",
}
_SENTENCES: tuple[tuple[str, str, str], ...] = (
    (r"Object missing required field `(?P<field>[^`]+)`", "missing", "This field is needed."),
    (r"Missing required \w+ parameter '(?P<field>[^']+)'", "missing", "This parameter is needed."),
    (r"'data'$", "missing", "A body is needed."),
    (r"Object contains unknown field `(?P<field>[^`]+)`", "unknown-field", "There is no such field here."),
    (
        r"Expected `datetime` with a timezone",
        "time-without-offset",
        "A time must say its offset from UTC, for example 2026-05-01T09:30:00+08:00.",
    ),
    (
        r"Invalid RFC3339 encoded datetime",
        "not-a-time",
        "Not a date and time in RFC 3339, for example 2026-05-01T09:30:00+08:00.",
    ),
    (r"Invalid RFC3339 encoded date", "not-a-date", "Not a date in RFC 3339, for example 2026-05-01."),
    (r"Invalid UUID", "not-a-uuid", "Not a UUID, for example 01890a5d-ac96-774b-bcce-b302099a8057."),
    (r"Invalid enum value (?P<value>.+)", "not-one-of", "{value} is not one of the values taken here."),
    (r"Expected `str` of length <= (?P<limit>\d+)", "too-long", "Too long: at most {limit} characters."),
    (r"Expected `str` of length >= (?P<limit>\d+)", "too-short", "Too short: at least {limit} characters."),
    (r"Expected `\w+` of length <= (?P<limit>\d+)", "too-many", "Too many: at most {limit}."),
    (r"Expected `\w+` of length >= (?P<limit>\d+)", "too-few", "Too few: at least {limit}."),
    (rf"Expected `str` matching regex {re.escape(repr(NO_NUL))}", "nul", "A text must not contain the NUL character."),
    (r"Expected `str` matching regex '(?P<form>.*)'", "form", "Does not have the form taken here: {form}"),
    (r"Expected `\w+` <= (?P<limit>\S+)", "too-large", "Too large: at most {limit}."),
    (r"Expected `\w+` < (?P<limit>\S+)", "too-large", "Too large: it must be below {limit}."),
    (r"Expected `\w+` >= (?P<limit>\S+)", "too-small", "Too small: at least {limit}."),
    (r"Expected `\w+` > (?P<limit>\S+)", "too-small", "Too small: it must be above {limit}."),
    (r"Expected `(?P<expected>[^`]+)`, got `(?P<got>[^`]+)`", "wrong-type", "Expected {expected}, got {got}."),
)


def field_errors(error: ValidationException) -> list[FieldError]:
    """The fields a framework's refusal speaks of, each with a pointer, a code and a sentence."""
    return list(_read(error))


def _read(error: ValidationException) -> Iterator[FieldError]:
    entries = error.extra if isinstance(error.extra, list) else [{"message": error.detail}]
    for entry in entries:
        in_body = entry.get("source") == "body"
        place = _place_in_body(error, entry) if in_body else str(entry.get("key", ""))
        yield _sentence(str(entry.get("message", "")), place, in_body)


def of_body(error: msgspec.ValidationError) -> FieldError:
    """The same for msgspec's own error, where a batch decodes its rows one by one."""
    message, _, path = str(error).partition(" - at `$")
    return _sentence(message, _pointer(path.rstrip("`")), in_body=True)


def _place_in_body(error: ValidationException, entry: dict[str, Any]) -> str:
    found = re.search(r"at `\$\.data(?P<path>.*)`$", str(error.__cause__ or ""))
    key = str(entry.get("key", ""))
    return _pointer(found["path"] if found else "" if key == "data" else key)


def _pointer(path: str) -> str:
    """`.needs[0].category` as RFC 6901 `/needs/0/category`; the key of a map, which msgspec hides, is left out."""
    steps = re.findall(r"[^.\[\]]+", path.replace("[...]", ""))
    return "".join(f"/{step}" for step in steps)


def _sentence(message: str, place: str, in_body: bool) -> FieldError:
    for pattern, code, detail in _SENTENCES:
        if found := re.match(pattern, message):
            facts: dict[str, Any] = found.groupdict()
            if field := facts.pop("field", ""):
                place = f"{place}/{field}" if in_body else field
            return FieldError(pointer=place, code=code, detail=detail, facts=_with_type_words(facts))
    return FieldError(
        pointer=place, code="shape", detail="The value does not fit: {message}", facts={"message": message}
    )


def _with_type_words(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: _type_word(fact) if name in ("expected", "got") else fact for name, fact in facts.items()}


def _type_word(name: str) -> Any:
    words = [Term(_TYPES.get(part, part)) for part in name.split(" | ") if part != "null" or name == "null"]
    return words[0] if len(words) == 1 else words
