"""/console/roster/new: publish a roster from lines pasted out of a spreadsheet, or from a CSV file."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from backend.console import roster_labels
from backend.console.pages import page
from backend.console.refused import told
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.rosters.actions import publish_shifts
from backend.rosters.duty_rules import rules_of
from backend.rosters.refusals import RosterRefused
from backend.rosters.roster_schemas import MAX_ROWS, NewRoster, NewShift
from backend.rosters.shifts import list_shifts
from backend.rosters.tables import Post
from backend.rosters.units import Colleague, led_unit, staff

MOST_BYTES = 200_000
HEADINGS = {"日期", "date"}


class RosterForm(Struct, kw_only=True):
    """What is to be published. A file goes before the lines."""

    id: UUID
    unit: UUID
    post: str
    begins: str
    ends: str
    lines: str = ""
    file: UploadFile | None = None
    allow_gaps: str = ""
    gap_reason: str = ""


class Line(Struct, frozen=True):
    """One line as it was written, what was read from it, or why nothing could be."""

    text: str
    shift: NewShift | None = None
    problem: str | None = None


class _Unreadable(Refusal):
    status, code, title = 400, "console/roster-unreadable", "The roster cannot be read"


@get("/roster/new", include_in_schema=False)
async def show_form(by: SignedIn, unit: FromQuery[UUID], post: FromQuery[Post] = Post.PHONE) -> Response[str]:
    """An empty form for the week after the last one, filled with that one's people seven days on."""
    begins = await _next_week(by, unit, post)
    lines = await _last_week(by, unit, post, begins)
    form = RosterForm(
        id=uuid7(), unit=unit, post=post, begins=str(begins), ends=str(begins + timedelta(days=6)), lines=lines
    )
    return await _form(by, form)


@post("/roster/new", include_in_schema=False, status_code=200)
async def publish(
    by: SignedIn, data: Annotated[RosterForm, Body(media_type=RequestEncodingType.MULTI_PART)]
) -> Response[Any]:
    """Published, and back to the roster; or the form again with an answer for every line."""
    lines: list[Line] = []
    try:
        unit = await led_unit(data.unit, by=by)
        data.lines = await _text(data)
        begins, ends = _day(data.begins), _day(data.ends)
        lines = read_lines(data.lines, await staff(unit.id, on=begins))
        if any(line.problem for line in lines):
            return await _form(by, data, lines, say("Nothing was published yet. Put the lines marked ✕ right."))
        await publish_shifts(new=_roster(data, begins, ends, lines), by=by)
    except RosterRefused as refusal:
        return await _form(by, data, _judged(lines, refusal), told_shortly(refusal))
    except Refusal as refusal:
        return await _form(by, data, lines, told(refusal))
    return Redirect(f"/console/roster?unit={data.unit}&week={data.begins}&did=published", status_code=303)


def _roster(data: RosterForm, begins: date, ends: date, lines: Sequence[Line]) -> NewRoster:
    return NewRoster(
        id=data.id,
        unit_id=data.unit,
        post=Post(data.post) if data.post in tuple(Post) else Post.PHONE,
        starts_at=_midnight(begins),
        ends_at=_midnight(ends + timedelta(days=1)),
        shifts=[line.shift for line in lines if line.shift],
        allow_gaps=bool(data.allow_gaps),
        gap_reason=data.gap_reason.strip()[:200] or None,
    )


def _judged(lines: Sequence[Line], refusal: RosterRefused) -> list[Line]:
    """The lines with the verdicts of a roster that was refused."""
    verdicts = refusal.facts["rows"]
    return [Line(line.text, line.shift, verdict.problem) for line, verdict in zip(lines, verdicts, strict=True)]


def told_shortly(refusal: RosterRefused) -> str:
    """The sum of it: what is wrong with each line stands beside the line."""
    return say(refusal.detail, **refusal.facts)


def read_lines(text: str, people: Sequence[Colleague]) -> list[Line]:
    """Day, beginning, end and name of each line, separated by commas, tabs or blanks; a heading is passed over.

    An end not after its beginning lies on the next day.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip(" ,，\t")]
    if len(lines) > MAX_ROWS:
        raise _Unreadable("At most {limit} lines at once.", limit=MAX_ROWS)
    return [_read(line, people) for line in lines if _cells(line)[0].lower() not in HEADINGS]


def _cells(line: str) -> list[str]:
    plain = line.replace("，", ",").replace("\t", ",")
    cells = next(csv.reader([plain])) if "," in plain else plain.split()
    return [cell.strip() for cell in cells] or [""]


def _read(line: str, people: Sequence[Colleague]) -> Line:
    cells = _cells(line)
    if len(cells) < 4:
        return Line(line, problem=say("A line has four parts: day, beginning, end, name."))
    try:
        day = date.fromisoformat(cells[0].replace("/", "-"))
        begins, ends = (_clock(cell) for cell in cells[1:3])
    except ValueError:
        return Line(line, problem=say("The day is written 2026-11-30, the hours 08:00 and 16:00."))
    named = [one for one in people if one.name == cells[3]]
    if len(named) != 1:
        known = say("Nobody of this name is in the unit.") if not named else say("Several in the unit have this name.")
        return Line(line, problem=known)
    until = ends if ends > begins else ends + timedelta(days=1)
    midnight = _midnight(day)
    return Line(line, NewShift(person_id=named[0].person_id, starts_at=midnight + begins, ends_at=midnight + until))


def _clock(text: str) -> timedelta:
    """8:30 or 24:00 as a span from midnight."""
    hours, _, minutes = text.replace("：", ":").partition(":")
    span = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if not timedelta(0) <= span <= timedelta(days=1):
        raise ValueError(text)
    return span


async def _text(data: RosterForm) -> str:
    """The file's text, else the lines. Excel in Chinese writes CSV in GBK."""
    content = await data.file.read(MOST_BYTES + 1) if data.file else b""
    if len(content) > MOST_BYTES:
        raise _Unreadable("The file is larger than any roster. Send the lines of one roster.")
    if not content:
        return data.lines
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


async def _form(by: Actor, form: RosterForm, lines: Sequence[Line] = (), problem: str | None = None) -> Response[str]:
    unit = await led_unit(form.unit, by=by)
    return page(
        "roster/publish.html",
        by=by,
        says=roster_labels,
        unit=unit,
        form=form,
        lines=lines,
        problem=problem,
        posts=roster_labels.posts(),
        people=await staff(unit.id, on=clock.today()),
        kept=sorted({rule.post for rule in await rules_of(unit.id)}),
    )


async def _next_week(by: Actor, unit_id: UUID, post: Post) -> date:
    """The day after the last one published, else next Monday."""
    await led_unit(unit_id, by=by)
    last = await list_shifts(by=by, unit_id=unit_id, post=post, limit=1000)
    if last.items:
        return clock.local(max(shift.ends_at for shift in last.items) - timedelta(seconds=1)).date() + timedelta(days=1)
    return clock.today() + timedelta(days=7 - clock.today().weekday())


async def _last_week(by: Actor, unit_id: UUID, post: Post, begins: date) -> str:
    """The seven days before, seven days on, as lines to change."""
    week = timedelta(days=7)
    found = await list_shifts(
        by=by,
        unit_id=unit_id,
        post=post,
        starts_from=_midnight(begins - week),
        starts_to=_midnight(begins),
        limit=1000,
    )
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    for shift in found.items:
        starts, ends = clock.local(shift.starts_at + week), clock.local(shift.ends_at + week)
        last = "24:00" if (ends.hour, ends.minute) == (0, 0) else ends.strftime("%H:%M")
        rows.writerow([starts.date().isoformat(), starts.strftime("%H:%M"), last, shift.person_name])
    return out.getvalue()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _Unreadable("Say from which day to which day the roster is.") from error


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)


HANDLERS = (show_form, publish)
