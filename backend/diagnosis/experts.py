"""Experts as farmers and colleagues see them, who is able to answer what, and how a profile is set."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct

from backend.cases.reading import unit
from backend.cases.schemas import DivisionShown, UnitShown
from backend.core import clock
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Page, cursor, position_of
from backend.core.refusals import FieldError, Forbidden, Invalid
from backend.deadlines import calendar_queries as calendars
from backend.deadlines.calendars import Calendar
from backend.diagnosis import expert_hours, expert_queries, routing_queries
from backend.diagnosis.expert_hours import Presence
from backend.diagnosis.expert_queries import Row
from backend.diagnosis.expert_schemas import CompetenceRecord, ExpertRecord, ExpertSetting, NewCompetence
from backend.diagnosis.offer_refusals import ExpertUnknown, NotAnExpert
from backend.diagnosis.refusals import CropUnknown
from backend.diagnosis.request_schemas import ExpertShown
from backend.diagnosis.routing_policies import routing_policy
from backend.diagnosis.words import Tier, Topic
from backend.media.actions import claim_photos
from backend.media.facts import SIZES
from backend.media.signed_addresses import signed_address
from backend.people import queries as people
from backend.people.actors import Actor
from backend.people.refusals import UnitUnknown
from backend.people.tables import Role
from backend.territory import points
from backend.territory import queries as territory

KEEPERS = (Role.SUPERVISOR, Role.ADMIN)
OWN = frozenset({"staffed", "weekdays", "able_per_day", "away_until"})
"""What an expert sets himself."""

NEEDED = ("unit_id", "tier", "title_zh", "staffed", "weekdays", "able_per_day", "competences")
"""What a new profile has."""

SMALL = SIZES[-1]
OPEN_FOR = timedelta(hours=1)


class _After(Struct, frozen=True, array_like=True):
    name: str
    id: UUID


async def shown(person_ids: Collection[UUID]) -> dict[UUID, ExpertShown]:
    """Experts as farmers see them, those too who do not answer any more; whoever has no profile is not in it."""
    rows = await expert_queries.experts(person_ids) if person_ids else []
    return {row["id"]: _face(row) for row in rows}


async def able(request_id: UUID) -> list[UUID]:
    """Who is able to answer a request (field, place, role, profile in force), there or not; chiefs too."""
    wanted = await routing_queries.asked(request_id)
    if wanted is None:
        return []
    at = clock.now()
    rows = await routing_queries.able(wanted, day=clock.today(), at=at, remembered_from=at)
    return [row["id"] for row in rows]


async def list_experts(
    *,
    by: Actor,
    crop_code: str | None = None,
    topic: Topic | None = None,
    division_code: str | None = None,
    unit_id: UUID | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[ExpertRecord]:
    """Experts of one's territory and of what lies above it, who answer today; by name.

    crop_code, topic, division_code   who is able for that

    Raises Invalid (400) for a cursor that is not ours.
    """
    place = position_of(after, _After)
    rows = await expert_queries.listed(
        prefixes=by.prefixes(Role),
        codes=[held.division_code for held in by.held],
        person_id=by.person_id,
        crop=crop_code,
        topic=topic.value if topic else None,
        division_code=division_code,
        unit_id=unit_id,
        day=clock.today(),
        after=(place.name, place.id) if place else None,
        limit=limit,
    )
    page = rows[:limit]
    more = cursor(_After(page[-1]["name"], page[-1]["id"])) if len(rows) > limit else None
    return Page(await _records(page, by), more)


async def get_expert(*, person_id: UUID, by: Actor) -> ExpertRecord:
    """One expert, for himself and for whoever works where he answers. Raises ExpertUnknown (404)."""
    row = await expert_queries.expert(person_id)
    if row is None or not _sees(row, by):
        raise _unknown(person_id)
    return (await _records([row], by))[0]


@transaction
async def set_expert(*, person_id: UUID, new: ExpertSetting, by: Actor) -> Outcome[ExpertRecord]:
    """Write a profile; what is not named stays, and the same again changes nothing.

    For supervisors and admins of the unit's territory (of the old unit's and the new one's); hours, ability and pause
    for the expert too. Whoever pauses has nothing before him any more: it goes on to the next.

    Raises Invalid, CropUnknown (400), Forbidden (403), ExpertUnknown, UnitUnknown, DivisionUnknown, PhotoUnknown (404),
    NotAnExpert, PhotoClaimed (409).
    """
    row = await expert_queries.expert(person_id, lock=True)
    named = {name for name in new.__struct_fields__ if getattr(new, name) is not UNSET}
    division_code = await _must_set(person_id, row, new, named, by)
    columns = _columns(new, row)
    if "portrait_id" in named and new.portrait_id:
        await _claim_portrait(person_id, new.portrait_id, row, division_code, by)
    columns |= {"set_by": by.person_id, "set_at": clock.now()}
    if row is None:
        await expert_queries.write(person_id, {"valid_from": clock.today()} | columns)
    else:
        await expert_queries.change(person_id, columns)
    if new.competences is not UNSET:
        await expert_queries.replace_competences(person_id, await _fields(new.competences))
    if isinstance(new.away_until, datetime) and new.away_until > clock.now():
        await expert_queries.let_offers_lapse(person_id, at=clock.now())
    written = await expert_queries.expert(person_id)
    return Outcome((await _records([written] if written else [], by))[0], created=row is None)


async def _must_set(person_id: UUID, row: Row | None, new: ExpertSetting, named: set[str], by: Actor) -> str:
    """Whether `by` may; the division of the unit. Raises as `set_expert`."""
    if row is not None and by.person_id == person_id and not _keeps(row["division_code"], by):
        if not named <= OWN:
            raise Forbidden("You set your own hours, how many a day, and when you are away; the rest your supervisor.")
        return str(row["division_code"])
    if row is None and not by.has(*KEEPERS):
        raise _unknown(person_id)
    if row is not None and not _keeps(row["division_code"], by):
        raise _unknown(person_id) if not _sees(row, by) else Forbidden("This is for a supervisor of the expert's unit.")
    if row is None:
        _must_have_all(named)
    division_code = await _unit_division(new, row, by)
    person = await expert_queries.person(person_id, day=clock.today())
    if person is None:
        raise _unknown(person_id)
    if not person["is_expert"]:
        raise NotAnExpert("The account holds no role of an expert today. Give it one first.")
    return division_code


def _must_have_all(named: set[str]) -> None:
    missing = [name for name in NEEDED if name not in named]
    if missing:
        wrong = [FieldError(pointer=f"/{name}", detail="A new profile needs it.", code="missing") for name in missing]
        raise Invalid("A new profile needs more than that.", errors=wrong)


async def _unit_division(new: ExpertSetting, row: Row | None, by: Actor) -> str:
    if new.unit_id is UNSET:
        return str(row["division_code"]) if row else ""
    found = await people.open_unit(unit_id=new.unit_id)
    if found is None or not _keeps(found["division_code"], by):
        raise UnitUnknown
    return str(found["division_code"])


def _keeps(division_code: str, by: Actor) -> bool:
    return division_code.startswith(by.prefixes(KEEPERS))


def _sees(row: Row, by: Actor) -> bool:
    mine = row["id"] == by.person_id or row["division_code"].startswith(by.prefixes(Role))
    return mine or any(held.division_code.startswith(row["prefix"]) for held in by.held)


def _columns(new: ExpertSetting, row: Row | None) -> dict[str, Any]:
    """What is named, as columns. Raises Invalid (400)."""
    plain = {
        "unit": new.unit_id,
        "tier": new.tier,
        "title_zh": new.title_zh,
        "portrait": new.portrait_id,
        "staffed": new.staffed,
        "weekdays": new.weekdays if new.weekdays is UNSET else sorted(set(new.weekdays)),
        "able_per_day": new.able_per_day,
        "away_until": new.away_until,
        "valid_from": new.valid_from,
        "valid_to": new.valid_to,
    }
    columns: dict[str, Any] = {name: value for name, value in plain.items() if value is not UNSET}
    if new.point is not UNSET:
        place = points.columns(new.point)
        columns |= {name: place[name] for name in ("longitude", "latitude")}
    if new.staffed is not UNSET:
        expert_hours.hours(new.staffed, ())
    begins = columns.get("valid_from", row["valid_from"] if row else clock.today())
    ends = columns.get("valid_to", row["valid_to"] if row else None)
    if ends is not None and ends < begins:
        wrong = FieldError(pointer="/valid_to", detail="The end has to be later than the beginning.")
        raise Invalid("The profile has a mistake.", errors=[wrong])
    if "tier" in columns:
        columns["tier"] = Tier(columns["tier"]).value
    return columns


async def _fields(new: Sequence[NewCompetence]) -> list[tuple[str | None, str | None, str]]:
    """Crop, topic and prefix of each, once. Raises CropUnknown (400), DivisionUnknown (404)."""
    crops = {each.crop_code for each in new if each.crop_code}
    unknown = crops - await expert_queries.known_crops(crops, day=clock.today())
    if unknown:
        raise CropUnknown("There is no crop {code} in the list of today.", code=min(unknown))
    fields = [
        (
            each.crop_code,
            each.topic.value if each.topic and each.topic is not Topic.UNSURE else None,
            (await territory.division(code=each.division_code)).prefix,
        )
        for each in new
    ]
    return list(dict.fromkeys(fields))


async def _claim_portrait(person_id: UUID, photo_id: UUID, row: Row | None, division_code: str, by: Actor) -> None:
    if row is not None and row["portrait"] == photo_id:
        return
    await claim_photos(
        photo_ids=[photo_id],
        kind="portrait",
        record_id=person_id,
        division_code=division_code,
        uploaded_by=by.person_id,
    )


async def _records(rows: Sequence[Row], by: Actor) -> list[ExpertRecord]:
    ids, at = [row["id"] for row in rows], clock.now()
    fields = await expert_queries.competences(ids)
    there = await expert_queries.presence(ids, at=at)
    since = clock.today() - timedelta(days=routing_policy(clock.today()).turn_days - 1)
    has = await routing_queries.loads(ids, since=since)
    reader = await expert_queries.expert(by.person_id)
    calendar = await calendars.calendar(await calendars.current_version())
    return [_record(row, fields[row["id"]], there[row["id"]], has[row["id"]], calendar, reader, by) for row in rows]


def _record(
    row: Row, fields: Sequence[Row], there: Row, has: Row, calendar: Calendar, reader: Row | None, by: Actor
) -> ExpertRecord:
    begins = _begins(row, there, calendar)
    counts = _may_count(row, reader, by)
    return ExpertRecord(
        id=row["id"],
        name=row["name"],
        title_zh=row["title_zh"],
        tier=Tier(row["tier"]),
        unit=_unit(row),
        portrait=_portrait(row),
        competences=[_competence(each) for each in fields],
        staffed=row["staffed"],
        weekdays=list(row["weekdays"]),
        able_per_day=row["able_per_day"],
        away_until=row["away_until"] if row["away_until"] and row["away_until"] > clock.now() else None,
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        there_now=begins is not None and begins <= clock.now(),
        there_next=begins,
        open_n=has["open_n"] if counts else None,
        due=round(has["due"], 1) if counts else None,
        given=has["given"] if counts else None,
    )


def _begins(row: Row, there: Row, calendar: Calendar) -> datetime | None:
    hours = expert_hours.hours(row["staffed"], tuple(row["weekdays"]))
    away = expert_hours.absences(row["away_until"], there["leaves_at"], there["back_at"], at=clock.now())
    return expert_hours.begins(clock.now(), Presence(hours, away, calendar), on_duty=there["on_duty"])


def _may_count(row: Row, reader: Row | None, by: Actor) -> bool:
    """Whether he reads how much somebody has: his own, a chief of his unit, whoever keeps the profile."""
    is_chief = reader is not None and reader["tier"] == Tier.CHIEF and reader["unit_id"] == row["unit_id"]
    return row["id"] == by.person_id or is_chief or _keeps(row["division_code"], by)


def _competence(row: Row) -> CompetenceRecord:
    return CompetenceRecord(
        crop_code=row["crop_code"],
        crop_zh=row["crop_zh"],
        topic=Topic(row["topic"]) if row["topic"] else None,
        division=DivisionShown(row["division_code"], row["division_name"]),
    )


def _face(row: Row) -> ExpertShown:
    return ExpertShown(
        id=row["id"], name=row["name"], title_zh=row["title_zh"], unit=_unit(row), portrait=_portrait(row)
    )


def _unit(row: Mapping[str, Any]) -> UnitShown:
    return unit(row["unit_id"], row["unit_name"], row["unit_phone"]) or UnitShown(row["unit_id"], "", None)


def _portrait(row: Mapping[str, Any]) -> str | None:
    photo = row["portrait"]
    return signed_address(photo_id=photo, longest=SMALL, valid_for=OPEN_FOR) if photo else None


def _unknown(person_id: UUID) -> ExpertUnknown:
    return ExpertUnknown("There is no expert {id} that you may see.", id=str(person_id))
