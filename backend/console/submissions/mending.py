"""Answers typed anew, read out of the form that shows them: those that differ from what counts, and no others."""

from datetime import datetime

from backend.console.submissions.answers import Shown, sheet_of
from backend.console.typed import Incomplete, Typed, moment
from backend.core import clock
from backend.openrosa.submission_schemas import NewCorrection, SubmissionDetail, SubmissionMapping

FIELDS = "f"
"""Name of the hidden inputs that say which fields a form holds: of an empty set of ticks nothing else is sent."""
LONGEST = 4000
MOST = 50


async def said(form: Typed, detail: SubmissionDetail) -> SubmissionMapping:
    """Raises Incomplete (400) for what is too much, or no time."""
    fields = {str(field.n): field for field in (await sheet_of(detail)).fields}
    held = [fields[n] for n in form.all(FIELDS) if n in fields]
    corrections = [
        NewCorrection(path=field.path, nth=field.nth, value=_value(field, form))
        for field in held
        if _typed(field, form) != typed_value(field)
    ]
    if len(corrections) > MOST or any(len(each.value) > LONGEST for each in corrections):
        raise Incomplete("That is too much at once: up to {n} characters in an answer.", n=LONGEST)
    return SubmissionMapping(corrections=corrections)


def typed_value(field: Shown, form: Typed | None = None) -> str:
    """What its input holds: what was typed before where a form comes back, else the answer that counts."""
    if form is not None and str(field.n) in form.all(FIELDS):
        return _typed(field, form)
    if field.question.kind == "dateTime":
        return _at_the_wall(field.now)
    if field.question.kind == "select":
        return " ".join(value for value in field.question.choices if value in field.now.split())
    return field.now


def _typed(field: Shown, form: Typed) -> str:
    name = f"a{field.n}"
    if field.question.kind == "select" and field.question.choices:
        ticked = form.all(name)
        return " ".join(value for value in field.question.choices if value in ticked)
    return form.get(name).replace("\r\n", "\n")


def _value(field: Shown, form: Typed) -> str:
    """As a phone would write it."""
    text = _typed(field, form)
    if field.question.kind != "dateTime":
        return text
    at = moment(text)
    return at.isoformat(timespec="seconds") if at else ""


def _at_the_wall(text: str) -> str:
    try:
        return clock.local(datetime.fromisoformat(text)).strftime("%Y-%m-%dT%H:%M")
    except ValueError:
        return text
