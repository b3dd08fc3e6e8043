"""/console/submissions: what came in, what waits first; by form, person, place and days."""

from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import QueryParameter
from msgspec import Struct

from backend.console import labels as places
from backend.console.case_opening import CODE_DIGITS, NoPlace, place_of, places_of
from backend.console.pages import page
from backend.console.refused import told
from backend.console.submissions import labels
from backend.core import clock
from backend.core.refusals import Refusal
from backend.core.words import Term
from backend.openrosa import submission_overview, submissions
from backend.openrosa.submissions import SubmissionFilters
from backend.openrosa.words import SubmissionState
from backend.people.actors import OVERSEERS, Actor
from backend.people.guards import SignedIn
from backend.territory.rules import prefix_of

HERE = "/console/submissions"
ROWS = 250
TABS = (
    ("attention", Term("Needs attention")),
    ("all", Term("Everything")),
    ("recorded", Term("Recorded")),
    ("replaced", Term("Edited since")),
    ("deleted", Term("Struck out")),
)

Short = Annotated[str, QueryParameter(max_length=80)]
After = Annotated[str, QueryParameter(max_length=400)]


class DayWrong(Refusal):
    """A day that no calendar has."""

    status, code, title = 400, "console/day-wrong", "This day cannot be read"


class Asked(Struct, frozen=True, kw_only=True):
    """The filters as they stand in the address."""

    which: str
    form: str = ""
    sender: str = ""
    place: str = ""
    since: str = ""
    until: str = ""

    def address(self, **other: str) -> str:
        """This list, or one that differs in something."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__} | other
        return f"{HERE}?{urlencode({name: value for name, value in fields.items() if value})}"


@get("/", include_in_schema=False)
async def show_submissions(
    by: SignedIn,
    which: Short = "",
    form: Short = "",
    sender: Short = "",
    place: Short = "",
    since: Short = "",
    until: Short = "",
    after: After = "",
) -> Response[str]:
    """What needs attention first, where anything does."""
    waiting = await submission_overview.count_waiting(by=by)
    chosen = which if which in dict(TABS) else "attention" if waiting else "all"
    asked = Asked(which=chosen, form=form, sender=sender, place=place, since=since, until=until)
    try:
        filters, problem = await _filters(asked, by), None
    except Refusal as refusal:
        filters, problem = SubmissionFilters(state=_state(chosen)), told(refusal)
    found = await submissions.list_submissions(by=by, filters=filters, limit=ROWS, cursor=after or None)
    oversees = by.has(*OVERSEERS)
    return page(
        "submissions/submissions.html",
        status=400 if problem else 200,
        by=by,
        found=found,
        asked=asked,
        tabs=TABS,
        waiting=waiting,
        most=submission_overview.MOST_COUNTED,
        problem=problem,
        oversees=oversees,
        says=labels,
        titles=await submission_overview.form_titles(),
        senders=await submission_overview.list_senders(by=by) if oversees else [],
        places=await places_of(by) if oversees else [],
        place_name=places.place,
        export=_export(asked, filters) if oversees and form and not problem else None,
    )


def _export(asked: Asked, filters: SubmissionFilters) -> str:
    """What the table and the points are asked with; `place` by its code."""
    moments = {"received_from": filters.received_from, "received_to": filters.received_to}
    fields = {name: moment.isoformat() for name, moment in moments.items() if moment}
    if filters.prefix:
        fields["division_code"] = filters.prefix.ljust(CODE_DIGITS, "0")
    return urlencode({"form_id": asked.form, **fields})


def _state(which: str) -> SubmissionState | None:
    return None if which == "all" else SubmissionState(which)


async def _filters(asked: Asked, by: Actor) -> SubmissionFilters:
    return SubmissionFilters(
        form_id=asked.form or None,
        state=_state(asked.which),
        sender_id=_person(asked.sender),
        prefix=prefix_of(await place_of(asked.place, by)) if asked.place else None,
        received_from=_begins(asked.since),
        received_to=_begins(asked.until, later=1),
    )


def _person(said: str) -> UUID | None:
    try:
        return UUID(said) if said else None
    except ValueError as error:
        raise NoPlace("Take the person from the list.") from error


def _begins(said: str, *, later: int = 0) -> datetime | None:
    """When a day begins in Shandong. Raises DayWrong (400)."""
    try:
        day = date.fromisoformat(said) + timedelta(days=later) if said else None
    except (ValueError, OverflowError) as error:
        raise DayWrong("A day looks like this: 2026-11-22.") from error
    return datetime(day.year, day.month, day.day, tzinfo=clock.SHANGHAI) if day else None
