"""/console/antifraud: what the campaign comes to, this span beside the same a year before. Nothing is ranked."""

from datetime import date, timedelta
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.antifraud.fraud_figure_schemas import FraudFigures
from backend.antifraud.fraud_figures import a_year_before, fraud_figures
from backend.antifraud.fraud_late import RunBreak, run_breaks
from backend.console import labels
from backend.console.antifraud import figure_words as words
from backend.console.antifraud.figure_bars import bars_of, strip_of
from backend.console.antifraud.ways import ways
from backend.console.antifraud.wording import day_of, fraud_type_names, money, own_divisions
from backend.console.form_refusals import Tried, tried
from backend.console.pages import page
from backend.core import clock
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.people.actors import OVERSEERS, Actor
from backend.people.guards import SignedIn

LATE_SHOWN = 5
Chosen = Annotated[str, QueryParameter(max_length=20)]


class Span(Struct, frozen=True):
    """What may be chosen with one tap."""

    says: str
    since: date
    until: date


@get("/", include_in_schema=False)
async def show_figures(by: SignedIn, division: Chosen = "", since: Chosen = "", until: Chosen = "") -> Response[Any]:
    """Of one's own place and this year unless told. Who oversees nothing is led to what he may read."""
    if not by.has(*OVERSEERS):
        return Redirect((await ways(by))[0].href, status_code=303)
    divisions = await own_divisions(by, OVERSEERS)
    asked = {"division": division or divisions[0][0], "since": since, "until": until}
    try:
        found = await fraud_figures(
            division_code=asked["division"], by=by, since=day_of(since, "since"), until=day_of(until, "until")
        )
        late = await run_breaks(division_code=found.division_code, by=by, until=found.until)
    except Refusal as refusal:
        return await _page(by, asked, divisions, refused=tried(refusal, names={"division_code": "division"}))
    asked |= {"since": found.since.isoformat(), "until": found.until.isoformat()}
    return await _page(by, asked, divisions, found=found, late=late)


async def _page(
    by: Actor,
    asked: dict[str, str],
    divisions: list[tuple[str, str]],
    *,
    found: FraudFigures | None = None,
    late: list[RunBreak] | None = None,
    refused: Tried | None = None,
) -> Response[str]:
    if asked["division"] not in dict(divisions) and found:
        divisions = [*divisions, (found.division_code, labels.place(found.division_name))]
    return page(
        "antifraud/figures.html",
        status=refused.status if refused else 200,
        by=by,
        ways=await ways(by),
        asked=asked,
        divisions=divisions,
        spans=_spans(clock.today()),
        refused=refused,
        found=found,
        place=labels.place,
        money=money,
        lasted=words.lasted,
        **(_told(found, late or []) if found else {}),
    )


def _told(found: FraudFigures, late: list[RunBreak]) -> dict[str, Any]:
    names = fraud_type_names()
    now, before = (each.by_type if each else [] for each in (found.cases, found.year_before))
    return {
        "names": names,
        "compared": words.compared(found),
        "warned_by": words.warned_by(found.cases, found.year_on_year),
        "bars": bars_of(now, before, names),
        "types": list(zip(now, before, strict=True)),
        "strip": strip_of(found.days_without) if found.days_without else None,
        "late": [each for each in reversed(late) if each.after_settling][:LATE_SHOWN],
        "last": late[-1] if late else None,
        "levels": {level: say(name) for level, name in words.LEVELS.items()},
        "outcomes": {outcome: say(name) for outcome, name in words.OUTCOMES.items()},
    }


def _spans(today: date) -> list[Span]:
    """This year, the last twelve months, the last month, the last year."""
    first = today.replace(month=1, day=1)
    last_month = today.replace(day=1) - timedelta(days=1)
    return [
        Span(say(Term("This year")), first, today),
        Span(say(Term("Twelve months")), a_year_before(today) + timedelta(days=1), today),
        Span(say(Term("Last month")), last_month.replace(day=1), last_month),
        Span(say(Term("Last year")), a_year_before(first), first - timedelta(days=1)),
    ]


HANDLERS = [show_figures]
