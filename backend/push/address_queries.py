"""The SQL of addresses."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.push.provider import AddressKind
from backend.push.states import SubjectKind

Row = Mapping[str, Any]


async def in_use(index: bytes) -> Row | None:
    """The address with this blind index that is not dead, held until the transaction ends."""
    return await fetch_row(
        "SELECT id, subject, subject_kind, division_code FROM push_address "
        "WHERE value_index = $1 AND dead_at IS NULL FOR UPDATE",
        index,
    )


async def insert(
    *,
    id: UUID,
    subject: UUID,
    subject_kind: SubjectKind,
    kind: AddressKind,
    value_sealed: bytes,
    value_index: bytes,
    language: str,
    muted: Sequence[str],
    at: datetime,
    device: UUID | None = None,
    division_code: str | None = None,
    interests: Sequence[str] = (),
    consent: UUID | None = None,
    opted_in_text: str | None = None,
) -> Row | None:
    """Store an address; None when its id is taken."""
    return await fetch_row(
        """
        INSERT INTO push_address (
            id, subject, subject_kind, person, household, kind, value_sealed, value_index, language, muted, interests,
            division_code, consent, opted_in_text, device, registered_at, last_confirmed_at)
        VALUES ($1, $2, $3::varchar, CASE WHEN $3::varchar = 'person' THEN $2::uuid END,
                CASE WHEN $3::varchar = 'household' THEN $2::uuid END,
                $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
        ON CONFLICT DO NOTHING RETURNING *
        """,
        id,
        subject,
        subject_kind,
        kind,
        value_sealed,
        value_index,
        language,
        list(muted),
        list(interests),
        division_code,
        consent,
        opted_in_text,
        device,
        at,
    )


async def confirm(id: UUID, *, language: str, muted: Sequence[str], at: datetime) -> Row:
    """Its phone said again that it is there."""
    row = await fetch_row(
        "UPDATE push_address SET last_confirmed_at = $2, language = $3, muted = $4 WHERE id = $1 RETURNING *",
        id,
        at,
        language,
        list(muted),
    )
    assert row is not None  # noqa: S101 - the caller holds the row
    return row


async def own(id: UUID, *, person_id: UUID) -> bool:
    """Whether it is, or was, this person's."""
    return await fetch_row("SELECT 1 FROM push_address WHERE id = $1 AND person = $2", id, person_id) is not None


async def is_phone_of(person_id: UUID, phone_index: bytes) -> bool:
    """Whether a phone's blind index is that of this person's account."""
    sql = "SELECT 1 FROM people_person WHERE id = $1 AND phone_index = $2"
    return await fetch_row(sql, person_id, phone_index) is not None


async def bury(ids: Sequence[UUID], *, reason: str, at: datetime) -> None:
    """Mark dead what is not dead yet."""
    await fetch(
        "UPDATE push_address SET dead_at = $2, dead_reason = $3 WHERE id = ANY($1) AND dead_at IS NULL",
        list(ids),
        at,
        reason,
    )


async def bury_all(subject: UUID, *, reason: str, at: datetime) -> int:
    """Mark every address of a subject dead."""
    rows = await fetch(
        "UPDATE push_address SET dead_at = $2, dead_reason = $3 WHERE subject = $1 AND dead_at IS NULL RETURNING id",
        subject,
        at,
        reason,
    )
    return len(rows)


async def mute_all(subject: UUID, *, muted: Sequence[str]) -> int:
    """Mute the addresses of a subject that are in use; how many."""
    rows = await fetch(
        "UPDATE push_address SET muted = $2 WHERE subject = $1 AND dead_at IS NULL RETURNING id", subject, list(muted)
    )
    return len(rows)


async def of_subject(subject: UUID) -> Sequence[Row]:
    """Addresses in use."""
    return await fetch(
        "SELECT * FROM push_address WHERE subject = $1 AND dead_at IS NULL ORDER BY last_confirmed_at DESC, id", subject
    )


async def with_topics(id: UUID, *, day: date) -> Row | None:
    """An address, the topics it is subscribed to, and those its owner's roles of a day ask for."""
    return await fetch_row(
        """
        SELECT a.kind, a.value_sealed, a.topics, ARRAY(
            SELECT DISTINCT t.topic FROM people_role_assignment r JOIN territory_division v ON v.id = r.division
            CROSS JOIN LATERAL (
                SELECT left(v.prefix, n.digits) AS prefix FROM unnest(ARRAY[2, 4, 6, 9, 12, 15]) AS n(digits)
                WHERE n.digits <= length(v.prefix)) p
            CROSS JOIN LATERAL (VALUES ('d-' || p.prefix), ('d-' || p.prefix || '-' || r.role)) AS t(topic)
            WHERE a.dead_at IS NULL AND r.person = a.person AND r.valid_from <= $2
            AND (r.valid_to IS NULL OR r.valid_to >= $2) ORDER BY t.topic) AS wanted
        FROM push_address a WHERE a.id = $1
        """,
        id,
        day,
    )


async def set_topics(id: UUID, topics: Sequence[str]) -> None:
    """What it is subscribed to now."""
    await fetch("UPDATE push_address SET topics = $2 WHERE id = $1", id, list(topics))


async def whose_roles_changed(day: date, kinds: Sequence[str]) -> list[UUID]:
    """Addresses of persons of whom a role begins on this day, or ended the day before."""
    rows = await fetch(
        "SELECT DISTINCT a.id FROM people_role_assignment r JOIN push_address a ON a.person = r.person "
        "WHERE (r.valid_from = $1 OR r.valid_to = $1 - 1) AND a.dead_at IS NULL AND a.kind = ANY($2)",
        day,
        list(kinds),
    )
    return [row["id"] for row in rows]
