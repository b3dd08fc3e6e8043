"""A form that was refused comes back with what is wrong beside each field, and nothing of what was typed is lost."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from backend.console.refused import told
from backend.core.problems import problem
from backend.core.refusals import FieldError, Invalid, Refusal
from backend.core.words import say

T = TypeVar("T")
_FIELD = re.compile(r"`\$\.(\w+)`$")


class Tried(Struct, frozen=True):
    """What was refused: in general, and at which fields."""

    problem: str
    at: dict[str, str]
    status: int


def fitting(kind: type[T], given: Mapping[str, Any], *, wrong: Mapping[str, str]) -> T:
    """A record out of what was read from a form; null is left out.

    wrong   field → what to say where msgspec turns it away

    Raises Invalid (400) that names the field that does not fit.
    """
    try:
        return msgspec.convert({name: value for name, value in given.items() if value is not None}, kind)
    except msgspec.ValidationError as error:
        found = _FIELD.search(str(error))
        name = found[1] if found else ""
        detail = say(wrong.get(name, "Please look at what is filled in again."))
        raise Invalid("Please look at the marked fields.", errors=[at_field(name, detail)]) from error


def at_field(field: str, detail: str) -> FieldError:
    """What is wrong at one field."""
    return FieldError(pointer=f"/{field}", detail=detail)


def tried(refusal: Refusal, *, names: Mapping[str, str]) -> Tried:
    """A refusal as the form shows it. `names`: what a record's field is called in the form, where it differs."""
    said = problem(refusal)
    at = {
        names.get(name, name): each["detail"] for each in said.get("errors", []) if (name := each["pointer"].strip("/"))
    }
    return Tried(said["detail"] if at else told(refusal), at, refusal.status)


def marked(refused: Tried) -> Tried:
    """What stands beside fields is not said above them, too."""
    return replace(refused, problem=say("Please look at the marked fields.")) if refused.at else refused
