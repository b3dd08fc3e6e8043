"""Surveys in the database."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.hotline.survey_draws import Drawn

Row = Mapping[str, Any]
PURPOSE = "survey"
"""Of the consent ledger: whose newest line says no is never drawn."""

OPTED_OUT = """
(SELECT NOT k.given FROM people_consent k WHERE k.household = h.id AND k.purpose = 'survey'
 ORDER BY k.at DESC, k.id DESC LIMIT 1)
"""


async def strata(prefix: str, level: str, *, on: date) -> Sequence[Row]:
    """The divisions of a level under a prefix."""
    return await fetch(
        "SELECT code, prefix, name FROM territory_division WHERE level = $1 AND prefix >= $2 AND prefix < $2 || ':' "
        "AND valid_from <= $3 AND (valid_to IS NULL OR valid_to >= $3) ORDER BY prefix",
        *(level, prefix, on),
    )


async def frame(prefix: str) -> list[tuple[UUID, str]]:
    """Households that may be rung, with the codes of their divisions."""
    rows = await fetch(
        "SELECT h.id, h.division_code FROM people_household h WHERE h.division_code >= $1 "
        "AND h.division_code < $1 || ':' AND h.closed_at IS NULL AND h.contact_phone_sealed IS NOT NULL "
        f"AND {OPTED_OUT} IS NOT TRUE",
        prefix,
    )
    return [(row["id"], row["division_code"]) for row in rows]


async def not_in_frame(prefix: str) -> Row:
    """How many households of a territory may not be rung, and why: who has no number, who opted out."""
    row = await fetch_row(
        "SELECT count(*) FILTER (WHERE h.contact_phone_sealed IS NULL) AS no_number, "
        f"count(*) FILTER (WHERE h.contact_phone_sealed IS NOT NULL AND {OPTED_OUT}) AS opted_out "
        "FROM people_household h WHERE h.division_code >= $1 AND h.division_code < $1 || ':' AND h.closed_at IS NULL",
        prefix,
    )
    return row or {"no_number": 0, "opted_out": 0}


async def lock_year(year: int) -> None:
    """One draw of a year at a time, until the transaction ends: two would not know of each other."""
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended('hotline survey ' || $1::int, 0))", year)


async def waves_drawn(*, since: datetime, until: datetime, prefix: str) -> Sequence[Row]:
    """Seeds and strata of the waves of a span of time that overlap a territory."""
    rows = await fetch(
        "SELECT seed, strata FROM hotline_survey_wave WHERE drawn_at >= $1 AND drawn_at < $2 "
        "AND (starts_with(prefix, $3) OR starts_with($3, prefix))",
        *(since, until, prefix),
    )
    return [{"seed": row["seed"], "strata": msgspec.json.decode(row["strata"])} for row in rows]


_COLUMNS = ("id", "name", "division", "prefix", "questions", "strata", "seed", "state")
_MORE = ("begins_on", "ends_on", "drawn_at", "drawn_by", "arguments_digest")


async def insert(row: Mapping[str, Any]) -> None:
    """A wave."""
    names = (*_COLUMNS, *_MORE)
    places = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    await fetch(
        f"INSERT INTO hotline_survey_wave ({', '.join(names)}) VALUES ({places})",
        *(row[name] for name in names),
    )


async def insert_draws(wave_id: UUID, drawn: Sequence[Drawn]) -> None:
    """The households of a wave, numbered in the order in which they are rung."""
    await fetch(
        "INSERT INTO hotline_survey_draw (id, wave, household, stratum_code, number, state, tries_n) "
        "SELECT gen_random_uuid(), $1, d.household, d.stratum, d.number, 'to_ask', 0 "
        "FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS d(household, stratum, number)",
        *(wave_id, [each.household_id for each in drawn], [each.stratum_code for each in drawn]),
    )


_WAVE = """
SELECT w.*, (SELECT count(*) FROM hotline_survey_draw d WHERE d.wave = w.id AND d.state = 'to_ask') AS to_ask_n
FROM hotline_survey_wave w
"""


async def wave(wave_id: UUID, *, lock: bool = False) -> Row | None:
    """One wave; with `lock` it stays as it is until the transaction ends."""
    return await fetch_row(f"{_WAVE} WHERE w.id = $1 {'FOR UPDATE OF w' if lock else ''}", wave_id)


async def waves(clause: str, values: Sequence[Any], *, limit: int, after: Position | None) -> Sequence[Row]:
    """The last drawn first; one row more than the page."""
    given, n, place = list(values), len(values), "TRUE"
    if after is not None:
        place = f"(w.drawn_at, w.id) < (${n + 1}, ${n + 2})"
        given += [after.at, after.id]
    return await fetch(
        f"{_WAVE} WHERE {clause} AND {place} ORDER BY w.drawn_at DESC, w.id DESC LIMIT {limit + 1}", *given
    )


async def came_of(wave_id: UUID) -> dict[tuple[str, str], int]:
    """How many households of each stratum are in each state."""
    rows = await fetch(
        "SELECT stratum_code, state, count(*) AS n FROM hotline_survey_draw WHERE wave = $1 GROUP BY 1, 2", wave_id
    )
    return {(row["stratum_code"], row["state"]): row["n"] for row in rows}


_WAITING = "wave = $1 AND state = 'to_ask' AND (asked_on IS NULL OR asked_on < $2)"
_CALL = f"""
SELECT t.id, t.household, t.stratum_code, t.number, t.tries_n, h.contact_name_sealed, h.contact_phone_sealed,
       h.closed_at IS NULL AND {OPTED_OUT} IS NOT TRUE AS may_be_rung
"""


async def coming(wave_id: UUID, *, on: date) -> UUID | None:
    """Who would be taken next."""
    row = await fetch_row(
        f"SELECT id FROM hotline_survey_draw WHERE {_WAITING} ORDER BY tries_n, number LIMIT 1", wave_id, on
    )
    return row["id"] if row else None


async def taken_by(draw_id: UUID, *, wave_id: UUID, person_id: UUID, on: date) -> Row | None:
    """A household that somebody took today and may ring still: its number was read by him."""
    return await fetch_row(
        f"""
        {_CALL} FROM hotline_survey_draw t JOIN people_household h ON h.id = t.household
        WHERE t.wave = $1 AND t.asked_on = $2 AND t.id = $3 AND t.state = 'to_ask' AND EXISTS (
            SELECT FROM people_access_log l WHERE l.subject_kind = 'household' AND l.subject_id = t.household
            AND l.person = $4 AND (l.at AT TIME ZONE 'Asia/Shanghai')::date = $2)
        """,
        *(wave_id, on, draw_id, person_id),
    )


async def take_next(wave_id: UUID, *, on: date, wanted: UUID | None = None) -> Row | None:
    """The next that was not rung today, rung least often first, `wanted` before all; nobody else gets it today."""
    return await fetch_row(
        f"""
        WITH taken AS (
            UPDATE hotline_survey_draw SET tries_n = tries_n + 1, asked_on = $2 WHERE id = (
                SELECT id FROM hotline_survey_draw WHERE {_WAITING}
                ORDER BY (id = $3) IS TRUE DESC, tries_n, number LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, household, stratum_code, number, tries_n
        )
        {_CALL} FROM taken t JOIN people_household h ON h.id = t.household
        """,
        *(wave_id, on, wanted),
    )


async def draw(draw_id: UUID, *, wave_id: UUID) -> Row | None:
    """One household that was drawn, held until the transaction ends."""
    return await fetch_row(
        "SELECT id, household, stratum_code, state, tries_n FROM hotline_survey_draw WHERE id = $1 AND wave = $2 "
        "FOR UPDATE",
        *(draw_id, wave_id),
    )


async def tick(draw_id: UUID, state: str) -> None:
    """What came of it."""
    await fetch("UPDATE hotline_survey_draw SET state = $2 WHERE id = $1", draw_id, state)


async def insert_answer(wave_id: UUID, stratum_code: str, answers: Mapping[str, str]) -> None:
    """An answer of a stratum. Its id is random: one of version 7 would tell the minute, and with it the call."""
    await fetch(
        "INSERT INTO hotline_survey_answer (id, wave, stratum_code, answers) VALUES ($1, $2, $3, $4)",
        *(uuid4(), wave_id, stratum_code, msgspec.json.encode(answers).decode()),
    )


async def answers(wave_id: UUID) -> Sequence[Row]:
    """How often each choice of each question was given, by stratum."""
    return await fetch(
        "SELECT a.stratum_code, q.key AS question, q.value AS choice, count(*) AS n FROM hotline_survey_answer a, "
        "jsonb_each_text(a.answers) q WHERE a.wave = $1 GROUP BY 1, 2, 3",
        wave_id,
    )


async def close(wave_id: UUID, *, strata: bytes, at: datetime) -> None:
    """Nobody is asked any more, and who was is forgotten; what is kept is a number for each stratum."""
    await fetch(
        "UPDATE hotline_survey_wave SET state = 'closed', closed_at = $2, strata = $3 WHERE id = $1",
        *(wave_id, at, strata.decode()),
    )
    await fetch("DELETE FROM hotline_survey_draw WHERE wave = $1", wave_id)


async def over(*, before: date) -> list[UUID]:
    """Open waves whose last day lies before one."""
    rows = await fetch("SELECT id FROM hotline_survey_wave WHERE state = 'drawn' AND ends_on < $1", before)
    return [row["id"] for row in rows]
