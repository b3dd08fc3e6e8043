"""An expert's form: hours, weekdays, how many a day, a pause, and for supervisors what he answers and where."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from msgspec import UNSET

from backend.cases import units as cases_units
from backend.console import labels
from backend.console.typed import Incomplete, Typed, moment, shaped
from backend.core import clock
from backend.core.refusals import Refusal
from backend.diagnosis.expert_newcomers import Newcomer
from backend.diagnosis.expert_newcomers import newcomers as all_newcomers
from backend.diagnosis.expert_schemas import ExpertRecord, ExpertSetting, NewCompetence
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.tables import Level

KEEPERS = (Role.SUPERVISOR, Role.ADMIN)
EMPTY_ROWS, MOST_ROWS = 2, 30


class NoField(Refusal):
    """A profile without anything that somebody could be asked."""

    status, code, title = 400, "console/expert-field", "Say what he answers"


def keeps(record: ExpertRecord, by: Actor) -> bool:
    """Whether `by` sets everything of him. The verb looks again at his unit's place."""
    return record.due is not None and by.has(*KEEPERS)


async def newcomers(by: Actor) -> list[Newcomer]:
    """Who has the role and no profile yet."""
    return await all_newcomers(by=by)


def form_of(record: ExpertRecord | None) -> Typed:
    """What stands in the form."""
    if record is None:
        return Typed({"staffed": ["08:30-11:30,14:00-17:30"], "weekday": list("12345"), "able_per_day": ["8"]})
    fields = {
        "unit": [str(record.unit.id)],
        "tier": [record.tier.value],
        "title": [record.title_zh],
        "staffed": [record.staffed],
        "weekday": [str(day) for day in record.weekdays],
        "able_per_day": [str(record.able_per_day)],
        "away_until": [clock.local(record.away_until).strftime("%Y-%m-%dT%H:%M") if record.away_until else ""],
    }
    for row, each in enumerate(record.competences):
        fields |= {
            f"crop-{row}": [each.crop_code or ""],
            f"topic-{row}": [each.topic.value if each.topic else ""],
            f"place-{row}": [each.division.code],
        }
    return Typed(fields)


def rows_for(record: ExpertRecord | None) -> int:
    """How many lines of fields the form has."""
    return min(len(record.competences) if record else 0, MOST_ROWS - EMPTY_ROWS) + EMPTY_ROWS


def setting(form: Typed) -> ExpertSetting:
    """What the form says; what it has no field for stays. Raises Incomplete, NoField (400)."""
    facts: dict[str, Any] = {
        "staffed": form.get("staffed").replace("，", ",").replace("：", ":").replace(" ", ""),
        "weekdays": [_whole(day) for day in form.all("weekday")],
        "able_per_day": _whole(form.get("able_per_day")),
        "unit_id": form.get("unit"),
        "tier": form.get("tier"),
        "title_zh": form.get("title"),
        "competences": _fields(form),
        "away_until": _away(form),
    }
    new = shaped(ExpertSetting, **{name: value for name, value in facts.items() if value != []})
    if form.get("sets") == "fields" and new.competences is UNSET:
        raise NoField("Choose a place for at least one line: a crop and a place, or every crop and a place.")
    return _ending_pause(new, form)


def _ending_pause(new: ExpertSetting, form: Typed) -> ExpertSetting:
    """An empty field ends a pause: msgspec leaves empty things out."""
    if form.get("away_until") or form.get("pause"):
        return new
    given = {name: getattr(new, name) for name in new.__struct_fields__ if getattr(new, name) is not UNSET}
    return ExpertSetting(**(given | {"away_until": None}))


def _away(form: Typed) -> datetime | None:
    if form.get("pause") == "tomorrow":
        return datetime.combine(clock.today() + timedelta(days=1), time(), clock.SHANGHAI)
    return moment(form.get("away_until"))


def _fields(form: Typed) -> list[NewCompetence]:
    return [
        shaped(
            NewCompetence,
            division_code=form.get(f"place-{row}"),
            crop_code=form.get(f"crop-{row}"),
            topic=form.get(f"topic-{row}"),
        )
        for row in range(MOST_ROWS)
        if form.get(f"place-{row}")
    ]


def _whole(said: str) -> int | None:
    try:
        return int(said) if said else None
    except ValueError as error:
        raise Incomplete("Fill in what the form asks for, and choose from its lists.") from error


async def units(by: Actor) -> list[tuple[UUID, str]]:
    """Where he may belong: the units of one's counties."""
    counties = sorted({held.division_code for held in by.held if held.role in KEEPERS})
    found = {unit.id: unit.name for county in counties for unit in await cases_units.of_county(county)}
    return list(found.items())


async def places(by: Actor) -> list[tuple[str, str]]:
    """Where he may answer: the county and its townships."""
    found: dict[str, str] = {}
    for held in (each for each in by.held if each.role in KEEPERS):
        found[held.division_code] = labels.place(held.division_name)
        inside = await territory.list_divisions(
            filters=DivisionFilters(under=held.division_code, level=Level.TOWNSHIP), limit=200
        )
        found |= {division.code: f"　{division.name}" for division in inside}
    return sorted(found.items())
