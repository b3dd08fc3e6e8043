"""Words for kits: where a version comes from, what a form still does, where a mistake is, what a question takes."""

import re

from backend.console.form_shown import Question
from backend.core.words import Term, say
from backend.kits.letter_setting import FOLDER
from backend.kits.schemas import KitRecord
from backend.kits.words import FormState, KitOrigin
from backend.people.tables import Role

ORIGINS = {
    KitOrigin.SHIPPED: Term("came with Lianxin"),
    KitOrigin.COUNTY: Term("the county's folder over ours"),
    KitOrigin.SENT: Term("sent in on this page"),
}
STATES = {
    FormState.OPEN: ("●", "good", Term("Open to phones"), Term("phones are offered it, and what they send is taken")),
    FormState.CLOSING: ("◐", "warn", Term("Closing"), Term("offered no more; what phones still hold is taken")),
    FormState.CLOSED: ("○", "", Term("Closed to phones"), Term("neither offered nor taken")),
}
TAKES = {
    "select1": Term("one of these"),
    "select": Term("any of these"),
    "rank": Term("in an order"),
    "int": Term("a whole number"),
    "decimal": Term("a number"),
    "date": Term("a day"),
    "time": Term("a time"),
    "dateTime": Term("a day and a time"),
    "geopoint": Term("where the phone is"),
    "barcode": Term("a code, scanned"),
    "trigger": Term("to be confirmed"),
}
_IN_SHEET, _IN_TEXT = re.compile(r"(.+), sheet (.+), row (\d+)"), re.compile(r"(.+):(\d+)")


def origin(kit: KitRecord) -> str:
    """Where it comes from."""
    return say(ORIGINS[kit.origin])


def state(value: FormState) -> tuple[str, str, str, str]:
    """A sign, a tone, a word, and what that means."""
    sign, tone, word, means = STATES[value]
    return sign, tone, say(word), say(means)


def roles(kit: KitRecord) -> str:
    """Who carries it."""
    return say("everybody") if set(kit.roles) == set(Role) else "、".join(say(Term(role)) for role in kit.roles)


def months(kit: KitRecord) -> str:
    """When it is offered."""
    return say("in the months {months}", months="、".join(map(str, kit.months))) if kit.months else ""


def letters(kit: KitRecord) -> list[str]:
    """What its letters are called as files, without .typ."""
    return [file.path[len(FOLDER) :].removesuffix(".typ") for file in kit.files if file.path.startswith(FOLDER)]


def where(pointer: str) -> str:
    """A mistake's place: a sheet's row, a text's line, or a file."""
    if found := _IN_SHEET.fullmatch(pointer):
        return say("{file}, sheet {sheet}, row {row}", file=found[1], sheet=found[2], row=found[3])
    if found := _IN_TEXT.fullmatch(pointer):
        return say("{file}, line {row}", file=found[1], row=found[2])
    return pointer


def file_of(pointer: str) -> str:
    """The file that a mistake is in."""
    found = _IN_SHEET.fullmatch(pointer) or _IN_TEXT.fullmatch(pointer)
    return found[1] if found else pointer


def takes(question: Question) -> str:
    """What an answer is."""
    if question.kind == "binary":
        kinds = {"image": Term("a photo"), "audio": Term("a recording"), "video": Term("a film")}
        return say(kinds.get(question.media.split("/")[0], Term("a file")))
    return say(TAKES.get(question.kind, Term("in words")))
