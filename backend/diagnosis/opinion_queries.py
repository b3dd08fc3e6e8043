"""Second opinions: who was asked and when, whom to ask, and the pairs of codes that agreement is reckoned from."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.cases.reading import person
from backend.cases.schemas import PersonShown
from backend.core.database import fetch, fetch_row
from backend.diagnosis.answer_schemas import SecondOpinionRecord

Row = Mapping[str, Any]

_OPINION = """
SELECT s.id, s.request, s.asked_at, s.reason, s.asked_by, k.name AS asked_by_name, s.expert, p.name AS expert_name,
       s.answered_at, s.answer
FROM diagnosis_second_opinion s JOIN people_person p ON p.id = s.expert LEFT JOIN people_person k ON k.id = s.asked_by
"""


async def opinion(opinion_id: UUID) -> Row | None:
    """One second opinion that was asked for."""
    return await fetch_row(f"{_OPINION} WHERE s.id = $1", opinion_id)


async def opinion_with(request_id: UUID, expert_id: UUID) -> Row | None:
    """The second opinion that one expert is asked for about a request."""
    return await fetch_row(f"{_OPINION} WHERE s.request = $1 AND s.expert = $2", request_id, expert_id)


async def opinions_of(request_id: UUID) -> list[SecondOpinionRecord]:
    """Those asked for about a request, the oldest first."""
    rows = await fetch(f"{_OPINION} WHERE s.request = $1 ORDER BY s.asked_at, s.id", request_id)
    return [opinion_record(row) for row in rows]


def opinion_record(row: Row) -> SecondOpinionRecord:
    """A row as it is shown: who was asked and when, never what was answered."""
    return SecondOpinionRecord(
        id=row["id"],
        request_id=row["request"],
        expert=PersonShown(row["expert"], row["expert_name"]),
        asked_by=person(row["asked_by"], row["asked_by_name"]),
        asked_at=row["asked_at"],
        reason=row["reason"],
        answered_at=row["answered_at"],
    )


async def answer_opinion(opinion_id: UUID, *, answer_id: UUID, first_id: UUID | None, at: datetime) -> None:
    """Note that it was given, and what it is compared with."""
    await fetch(
        "UPDATE diagnosis_second_opinion SET answer = $2, first_answer = $3, answered_at = $4 WHERE id = $1",
        opinion_id,
        answer_id,
        first_id,
        at,
    )


async def who_answered(request_id: UUID) -> set[UUID]:
    """Everybody who said something about a request."""
    rows = await fetch("SELECT DISTINCT expert FROM diagnosis_answer WHERE request = $1", request_id)
    return {row["expert"] for row in rows}


async def least_asked(person_ids: Sequence[UUID], *, studio: UUID) -> list[UUID]:
    """These experts, those of the studio first, then whoever has the least before him."""
    rows = await fetch(
        """
        SELECT e.id FROM diagnosis_expert e
        WHERE e.id = ANY($1)
        ORDER BY e.unit <> $2,
            (SELECT count(*) FROM diagnosis_second_opinion s WHERE s.expert = e.id AND s.answered_at IS NULL)
            + (SELECT count(*) FROM diagnosis_request q WHERE q.expert = e.id AND q.state NOT IN ('answered', 'ended')),
            e.id
        """,
        list(person_ids),
        studio,
    )
    return [row["id"] for row in rows]


async def is_expert(person_id: UUID, *, on: date) -> bool:
    """Whether somebody is in the list of experts of a day."""
    row = await fetch_row(
        "SELECT 1 FROM diagnosis_expert WHERE id = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)",
        person_id,
        on,
    )
    return row is not None


async def pairs(
    *, prefixes: Sequence[str], units: Sequence[UUID], since: date, until: date, crop_code: str | None
) -> Sequence[Row]:
    """The codes of each first answer and its blind second one, of requests of a territory or of studios.

    first_code, second_code   null where one of them named no code
    """
    return await fetch(
        """
        SELECT f.condition AS first_code, g.condition AS second_code
        FROM diagnosis_second_opinion s JOIN diagnosis_answer f ON f.id = s.first_answer
        JOIN diagnosis_answer g ON g.id = s.answer JOIN diagnosis_request r ON r.id = s.request
        WHERE s.answered_at >= $3::date::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND s.answered_at < ($4::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND ($5::text IS NULL OR r.crop = $5)
        AND (r.studio = ANY($2)
             OR EXISTS (SELECT FROM unnest($1::text[]) AS x(prefix) WHERE starts_with(r.division_code, x.prefix)))
        """,
        list(prefixes),
        list(units),
        since,
        until,
        crop_code,
    )
