"""The SQL of experts: read, listed, set."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core import ids
from backend.core.database import fetch, fetch_row
from backend.core.statements import Values
from backend.diagnosis.routing_queries import ANSWERS_TODAY, FITS, PRESENCE

Row = Mapping[str, Any]

_EXPERT = """
SELECT e.id, p.name, e.title_zh, e.tier, e.portrait, e.staffed, e.weekdays, e.able_per_day, e.away_until, e.valid_from,
       e.valid_to, e.longitude, e.latitude, e.unit AS unit_id, u.name AS unit_name, u.public_phone AS unit_phone,
       d.code AS division_code, d.prefix
FROM diagnosis_expert e JOIN people_person p ON p.id = e.id JOIN people_unit u ON u.id = e.unit
JOIN territory_division d ON d.id = u.division
"""


async def expert(person_id: UUID, *, lock: bool = False) -> Row | None:
    """One expert as he is set."""
    return await fetch_row(f"{_EXPERT} WHERE e.id = $1{' FOR UPDATE OF e' if lock else ''}", person_id)


async def experts(person_ids: Iterable[UUID]) -> Sequence[Row]:
    """Several, also those who do not answer any more."""
    return await fetch(f"{_EXPERT} WHERE e.id = ANY($1)", list(person_ids))


async def listed(
    *,
    prefixes: Sequence[str],
    codes: Sequence[str],
    person_id: UUID,
    crop: str | None,
    topic: str | None,
    division_code: str | None,
    unit_id: UUID | None,
    day: date,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Sequence[Row]:
    """Experts of one's territory and of the units above it, by name; up to `limit` + 1."""
    values = Values(list(prefixes), list(codes), person_id, day)
    where = [
        "(e.id = $3 OR EXISTS (SELECT FROM unnest($1::text[]) x WHERE starts_with(d.code, x))"
        " OR EXISTS (SELECT FROM unnest($2::text[]) x WHERE starts_with(x, d.prefix)))",
        ANSWERS_TODAY.format(day="$4::date"),
    ]
    if crop or topic or division_code:
        fits = FITS.format(
            crop=f"coalesce({values(crop)}::text, k.crop)",
            topic=f"coalesce({values(topic)}::text, k.topic, 'unsure')",
            code=f"coalesce({values(division_code)}::text, k.prefix)",
        )
        where.append(f"EXISTS (SELECT FROM diagnosis_competence k WHERE k.expert = e.id AND {fits})")
    if unit_id:
        where.append(f"e.unit = {values(unit_id)}")
    if after:
        where.append(f"(p.name, e.id) > ({values(after[0])}, {values(after[1])})")
    return await fetch(
        f"{_EXPERT} WHERE {' AND '.join(where)} ORDER BY p.name, e.id LIMIT {values(limit + 1)}", *values.given
    )


async def competences(person_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """What each is able to answer."""
    rows = await fetch(
        """
        SELECT k.expert, k.crop AS crop_code, c.name_zh AS crop_zh, k.topic, d.code AS division_code,
               d.name AS division_name
        FROM diagnosis_competence k LEFT JOIN diagnosis_crop c ON c.code = k.crop
        JOIN territory_division d ON d.prefix = k.prefix AND d.valid_to IS NULL
        WHERE k.expert = ANY($1) ORDER BY c.position, k.topic, k.prefix, k.id
        """,
        list(person_ids),
    )
    found: dict[UUID, list[Row]] = {each: [] for each in person_ids}
    for row in rows:
        found[row["expert"]].append(row)
    return found


async def presence(person_ids: Sequence[UUID], *, at: datetime) -> dict[UUID, Row]:
    """Whether each is on duty, and his approved leave from a moment on."""
    rows = await fetch(
        f"""
        SELECT e.id, {PRESENCE.format(at="$2::timestamptz", studio="e.unit")}
        FROM diagnosis_expert e WHERE e.id = ANY($1)
        """,
        list(person_ids),
        at,
    )
    return {row["id"]: row for row in rows}


async def person(person_id: UUID, *, day: date) -> Row | None:
    """An open account, and whether it holds the role of an expert on a day."""
    return await fetch_row(
        """
        SELECT p.id, p.name, EXISTS (
            SELECT FROM people_role_assignment a WHERE a.person = p.id AND a.role = 'expert' AND a.valid_from <= $2
            AND (a.valid_to IS NULL OR a.valid_to >= $2)) AS is_expert
        FROM people_person p WHERE p.id = $1 AND p.closed_at IS NULL
        """,
        person_id,
        day,
    )


async def write(person_id: UUID, columns: Mapping[str, Any]) -> None:
    """Write columns of a profile, new or not."""
    names = ["id", *columns]
    places = ", ".join(f"${i}" for i in range(1, len(names) + 1))
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    await fetch(
        f"INSERT INTO diagnosis_expert ({', '.join(names)}) VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {changes}",
        person_id,
        *columns.values(),
    )


async def change(person_id: UUID, columns: Mapping[str, Any]) -> None:
    """Change columns of a profile that is there."""
    names = ", ".join(f"{name} = ${i}" for i, name in enumerate(columns, 2))
    await fetch(f"UPDATE diagnosis_expert SET {names} WHERE id = $1", person_id, *columns.values())


async def replace_competences(person_id: UUID, fields: Sequence[tuple[str | None, str | None, str]]) -> None:
    """What he is able to answer, in place of what stood there: (crop, topic, prefix)."""
    await fetch("DELETE FROM diagnosis_competence WHERE expert = $1", person_id)
    rows = [
        {"id": str(ids.uuid7()), "expert": str(person_id), "crop": crop, "topic": topic, "prefix": prefix}
        for crop, topic, prefix in fields
    ]
    await fetch(
        "INSERT INTO diagnosis_competence (id, expert, crop, topic, prefix) SELECT id, expert, crop, topic, prefix "
        "FROM json_populate_recordset(NULL::diagnosis_competence, $1::json)",
        msgspec.json.encode(rows).decode(),
    )


async def known_crops(codes: Iterable[str], *, day: date) -> set[str]:
    """Those of the codes that are crops on a day."""
    rows = await fetch(
        "SELECT code FROM diagnosis_crop WHERE code = ANY($1) AND valid_from <= $2 "
        "AND (valid_to IS NULL OR valid_to >= $2)",
        list(codes),
        day,
    )
    return {row["code"] for row in rows}


async def let_offers_lapse(person_id: UUID, *, at: datetime) -> None:
    """He is away: what is before him goes on within the minute."""
    await fetch(
        "UPDATE diagnosis_request SET offer_until = $2 WHERE expert = $1 AND state = 'offered' AND offer_until > $2",
        person_id,
        at,
    )
