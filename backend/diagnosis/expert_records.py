"""Experts as they are read: by farmers their face, by staff their profile, and how much they have by a few."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.cases.reading import unit
from backend.cases.schemas import DivisionShown, UnitShown
from backend.core import clock
from backend.deadlines import calendar_queries as calendars
from backend.deadlines.calendars import Calendar
from backend.diagnosis import expert_hours, expert_queries, routing_queries
from backend.diagnosis.expert_hours import Presence
from backend.diagnosis.expert_queries import Row
from backend.diagnosis.expert_schemas import CompetenceRecord, ExpertRecord
from backend.diagnosis.request_schemas import ExpertShown
from backend.diagnosis.routing_policies import routing_policy
from backend.diagnosis.words import Tier, Topic
from backend.media.facts import SIZES
from backend.media.signed_addresses import signed_address
from backend.people.actors import Actor
from backend.people.tables import Role

KEEPERS = (Role.SUPERVISOR, Role.ADMIN)
SMALL = SIZES[-1]
OPEN_FOR = timedelta(hours=1)


async def shown(person_ids: Collection[UUID]) -> dict[UUID, ExpertShown]:
    """Experts as farmers see them, those too who do not answer any more; whoever has no profile is not in it."""
    rows = await expert_queries.experts(person_ids) if person_ids else []
    return {row["id"]: _face(row) for row in rows}


async def records_of(rows: Sequence[Row], by: Actor) -> list[ExpertRecord]:
    """Rows of `expert_queries` as `by` reads them."""
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
    return row["id"] == by.person_id or is_chief or keeps(row["division_code"], by)


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


def keeps(division_code: str, by: Actor) -> bool:
    """Whether he keeps the profiles of units in a division: its supervisor or admin."""
    return division_code.startswith(by.prefixes(KEEPERS))


def is_seen(row: Row, by: Actor) -> bool:
    """Whether an expert is himself, or answers where `by` works."""
    mine = row["id"] == by.person_id or row["division_code"].startswith(by.prefixes(Role))
    return mine or any(held.division_code.startswith(row["prefix"]) for held in by.held)
