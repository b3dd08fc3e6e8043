"""What an answer may begin from and is judged by: coded conditions, templates by crop and season, bans."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.core.kept import Dated, dated
from backend.diagnosis.advice_rules import Ban
from backend.diagnosis.answer_schemas import Advice, BanRecord, ConditionRecord, TemplateRecord
from backend.diagnosis.words import Topic

COUNTS = "t.valid_from <= {day} AND (t.valid_to IS NULL OR t.valid_to >= {day})"
"""That a dated row `t` counts on a day."""


async def list_conditions(
    *, crop_code: str | None = None, topic: Topic | None = None, name: str | None = None
) -> list[ConditionRecord]:
    """Coded diagnoses of today; those of one crop, and such as occur on any, with its own first.

    name   part of the Chinese or English name
    """
    rows = await fetch(
        f"""
        SELECT t.code, t.eppo_code, t.topic, t.name_zh, t.name_en, t.crops, t.source FROM diagnosis_condition t
        WHERE {COUNTS.format(day="$1")} AND ($2::text IS NULL OR cardinality(t.crops) = 0 OR $2 = ANY(t.crops))
        AND ($3::text IS NULL OR t.topic = $3)
        AND ($4::text IS NULL OR strpos(lower(t.name_zh || ' ' || t.name_en), lower($4)) > 0)
        ORDER BY cardinality(t.crops) = 0, t.code
        """,
        clock.today(),
        crop_code,
        topic,
        name,
    )
    return [ConditionRecord(**{**row, "topic": Topic(row["topic"])}) for row in rows]


async def every_condition() -> list[Dated[ConditionRecord]]:
    """All coded diagnoses there ever were, with the days on which they count."""
    rows = await fetch(
        "SELECT code, eppo_code, topic, name_zh, name_en, crops, source, valid_from, valid_to "
        "FROM diagnosis_condition ORDER BY code"
    )
    return dated(ConditionRecord, rows)


async def condition(code: str, *, on: date) -> Mapping[str, Any] | None:
    """A condition's name and crops, if it counts on a day."""
    return await fetch_row(
        f"SELECT t.code, t.name_zh, t.crops FROM diagnosis_condition t WHERE t.code = $2 AND {COUNTS.format(day='$1')}",
        on,
        code,
    )


async def list_templates(
    *, crop_code: str | None = None, condition_code: str | None = None, month: int | None = None
) -> list[TemplateRecord]:
    """Templates of today, for a crop, a condition, a month; those of the season first where no month is asked for."""
    today = clock.today()
    rows = await fetch(
        f"""
        SELECT t.code, t.condition AS condition_code, t.title_zh, t.crops, t.months, t.advice, t.follow_up_after_days,
               t.source
        FROM diagnosis_answer_template t
        WHERE {COUNTS.format(day="$1")} AND ($2::text IS NULL OR cardinality(t.crops) = 0 OR $2 = ANY(t.crops))
        AND ($3::text IS NULL OR t.condition = $3)
        AND ($4::smallint IS NULL OR cardinality(t.months) = 0 OR $4 = ANY(t.months))
        ORDER BY cardinality(t.months) > 0 AND NOT $5::smallint = ANY(t.months), cardinality(t.crops) = 0, t.code
        """,
        today,
        crop_code,
        condition_code,
        month,
        today.month,
    )
    return [_template(row) for row in rows]


def _template(row: Mapping[str, Any]) -> TemplateRecord:
    return TemplateRecord(**{**row, "advice": msgspec.json.decode(row["advice"], type=Advice)})


async def template_exists(code: str) -> bool:
    """Whether there is such a template, also one that has ended since somebody began from it."""
    return await fetch_row("SELECT 1 FROM diagnosis_answer_template WHERE code = $1", code) is not None


async def follow_up_after(code: str) -> timedelta | None:
    """After how long the farmer of a template is asked what became of it."""
    row = await fetch_row("SELECT follow_up_after_days FROM diagnosis_answer_template WHERE code = $1", code)
    return timedelta(days=row["follow_up_after_days"]) if row else None


async def bans() -> list[Ban]:
    """All bans there ever were; which of them count is a matter of the day."""
    return [Ban.of(record) for record in (await bans_by_id()).values()]


async def bans_by_id() -> dict[UUID, BanRecord]:
    """All bans there ever were, each under its row's id: what a phone that carries them knows them by."""
    rows = await fetch(
        "SELECT id, substance, name_zh, aliases, not_in, crops, valid_from, valid_to, source "
        "FROM diagnosis_pesticide_ban ORDER BY valid_from DESC, substance, id"
    )
    return {row["id"]: BanRecord(**{name: row[name] for name in BanRecord.__struct_fields__}) for row in rows}


async def list_bans(*, crop_code: str | None = None, on: date | None = None) -> list[BanRecord]:
    """The bans in force on a day (today), the latest first; for one crop those that hold for it."""
    day = on or clock.today()
    listed = [ban.record for ban in await bans() if ban.begun(on=day)]
    held = [ban for ban in listed if crop_code is None or not ban.crops or crop_code in ban.crops]
    return sorted(held, key=lambda ban: (ban.valid_from, ban.substance), reverse=True)
