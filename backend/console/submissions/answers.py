"""A submission's answers under their questions: as people read them, and what was refused of them.

What is shown is what counts: an answer that somebody put right, with what was sent beside it.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from lxml import etree
from msgspec import Struct

from backend.console.form_shown import Question, questions
from backend.console.pages import metres
from backend.core import clock
from backend.core.words import say
from backend.kits import lists
from backend.kits.mappings import Answer, Repeat
from backend.kits.schemas import PublishedForm
from backend.openrosa import kept_xml
from backend.openrosa.instances import Instance
from backend.openrosa.positions import is_exact
from backend.openrosa.submission_schemas import (
    CorrectedAnswer,
    RefusedAnswer,
    SubmissionDetail,
    SubmissionRecord,
    SubmittedFile,
)
from backend.territory.coordinates import cell_1km

LONG = 60
"""Characters from which an answer gets a field of several lines."""

Place = tuple[str, int]
"""Path below the root, and which of several fields with it, from 0."""


class Shown(Struct, frozen=True, kw_only=True):
    """One field.

    n          where it stands among the fields of the XML: the name of its input
    now        what counts, as it is typed; `says` as people read it
    was        what was sent, as people read it, where somebody put it right
    wrong      why it cannot be taken
    round      of a repeat: which time, from 1
    file       of a question that takes one
    """

    n: int
    path: str
    nth: int
    question: Question
    now: str
    says: str
    was: str | None
    corrected: CorrectedAnswer | None
    wrong: str | None
    round: int | None
    file: SubmittedFile | None


class Sheet(Struct, frozen=True):
    """The whole sheet. `unplaced`: what was refused and belongs to no one answer of it."""

    title: str
    fields: list[Shown]
    unplaced: list[str]


async def sheet_of(detail: SubmissionDetail) -> Sheet:
    """A submission that was read by somebody who may; without fields once they were purged, or where all are hidden."""
    one = detail.submission
    form = await form_of(one.form_id, one.form_version)
    if form is None:
        return Sheet(one.form_id, [], [])
    opened = await kept_xml.opened(one.id) if detail.answers else None
    if opened is None:
        return Sheet(form.title, [], [])
    instance = opened.instance()
    refused, unplaced = _refused(one, form, instance)
    return Sheet(form.title, list(_fields(detail, questions(form.xml), instance, refused)), unplaced)


async def form_of(form_id: str, version: str) -> PublishedForm | None:
    """Its own version; where that is not here, the newest, whose words are nearest."""
    found = await lists.form_version(form_id, version)
    return found or next(iter(await lists.versions_of(form_id)), None)


def said_of(question: Question, value: str, *, exact: bool = True) -> str:
    """An answer as people read it. A point that is no longer kept `exact` is the middle of its 1 km cell."""
    if not value:
        return "—"
    if question.kind in ("select", "select1", "rank"):
        words = value.split() if question.kind != "select1" else [value]
        return "、".join(question.choices.get(word, word) for word in words)
    if question.kind == "geopoint":
        return _point(value, exact=exact)
    try:
        return _when(question.kind, value)
    except ValueError:
        return value


def _fields(
    detail: SubmissionDetail, asked: Mapping[str, Question], instance: Instance, refused: Mapping[Place, str]
) -> Iterator[Shown]:
    mended = {(each.path, each.nth): each for each in detail.corrections}
    files = {(each.question, each.file_name): each for each in detail.files}
    exact = is_exact(detail.submission.received_at)
    for n, (path, nth, sent) in enumerate(leaves(instance)):
        question, corrected = asked.get(path), mended.get((path, nth))
        if question is None:
            continue
        now = corrected.value if corrected else sent
        yield Shown(
            n=n,
            path=path,
            nth=nth,
            question=question,
            now=now,
            says=said_of(question, now, exact=exact),
            was=said_of(question, sent, exact=exact) if corrected and corrected.value != sent else None,
            corrected=corrected,
            wrong=refused.get((path, nth)),
            round=nth + 1 if question.repeat else None,
            file=files.get((path, now)),
        )


def leaves(instance: Instance) -> list[tuple[str, int, str]]:
    """Path, which of several, and text of every field of the XML, empty ones too: always in the same order."""
    seen: dict[str, int] = {}
    found = []
    for path, text in _below(instance.root, ()):
        nth = seen[path] = seen.get(path, -1) + 1
        found.append((path, nth, text))
    return found


def _below(element: etree._Element, above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for child in element:
        path = (*above, etree.QName(child).localname)
        if len(child):
            yield from _below(child, path)
        else:
            yield "/".join(path), (child.text or "").strip()


def _refused(one: SubmissionRecord, form: PublishedForm, instance: Instance) -> tuple[dict[Place, str], list[str]]:
    """By field; and what belongs to none."""
    placed, unplaced = dict[Place, str](), list[str]()
    for error in one.refusal.errors if one.refusal else []:
        if place := _place_of(error, form, instance):
            placed[place] = f"{placed[place]} {error.detail}" if place in placed else error.detail
        else:
            unplaced.append(error.detail)
    if one.refusal and not one.refusal.errors:
        unplaced.append(one.refusal.detail or one.refusal.title)
    return placed, list(dict.fromkeys(unplaced))


def _place_of(error: RefusedAnswer, form: PublishedForm, instance: Instance) -> Place | None:
    """From the verb's argument, as a JSON pointer, back to the answer that became it."""
    steps = error.pointer.strip("/").split("/")
    match form.mapping.arguments.get(steps[0]), steps[1:]:
        case Answer(path=path), _:
            return (path, 0) if instance.elements(path) else None
        case Repeat(each=each, fields=fields), [nth, name, *_] if nth.isdecimal():
            field, rounds = fields.get(name), _rounds(instance, each)
            if isinstance(field, Answer) and int(nth) < len(rounds):
                return f"{each}/{field.path}", rounds[int(nth)]
    return None


def _rounds(instance: Instance, each: str) -> list[int]:
    """Which times of a repeat hold any answer: the others become nothing."""
    return [
        n
        for n, element in enumerate(instance.elements(each))
        if any((leaf.text or "").strip() for leaf in element.iter() if not len(leaf))
    ]


def _point(value: str, *, exact: bool) -> str:
    try:
        latitude, longitude, *more = (float(number) for number in value.split())
    except ValueError:
        return value
    if not exact:
        longitude, latitude = cell_1km(longitude, latitude)
        return say("within 1 km of {place}", place=f"{longitude:.2f}, {latitude:.2f}")
    near = f", ± {metres(more[1])}" if len(more) > 1 else ""
    return f"{longitude:.5f}, {latitude:.5f}{near}"


def _when(kind: str, value: str) -> str:
    if kind == "dateTime":
        return clock.local(datetime.fromisoformat(value)).strftime("%Y-%m-%d %H:%M")
    if kind == "date":
        return date.fromisoformat(value).isoformat()
    return value
