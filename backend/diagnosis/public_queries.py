"""What a receipt's page reads of a request: a handful of statements, each by an index on the request."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.diagnosis.words import AnswerKind
from backend.media.facts import Reason

Row = Mapping[str, Any]


async def request(id: UUID) -> Row | None:
    """The request with its crop."""
    return await fetch_row(
        "SELECT r.*, r.area_mu::float8 AS mu, k.name_zh AS crop_zh, k.name_en AS crop_en FROM diagnosis_request r "
        "JOIN diagnosis_crop k ON k.code = r.crop WHERE r.id = $1",
        id,
    )


async def photos(id: UUID) -> Sequence[Row]:
    """What he sent, in the order of sending."""
    return await fetch(
        "SELECT p.id, p.state, p.reasons, p.received_at, o.kind FROM media_photo p "
        "JOIN media_original o ON o.sha256 = p.original "
        "WHERE p.claimed_kind = 'case' AND p.claimed_id = $1 AND NOT p.reasons @> ARRAY[$2]::varchar[] "
        "ORDER BY p.received_at, p.id",
        id,
        Reason.PURGED.value,
    )


async def questions(id: UUID) -> Sequence[Row]:
    """What he was asked back, oldest first."""
    return await fetch("SELECT * FROM diagnosis_question WHERE request = $1 ORDER BY asked_at, id", id)


async def answers(id: UUID) -> Sequence[Row]:
    """What he is told, oldest first; a second opinion is not his to read."""
    return await fetch(
        "SELECT a.*, c.name_zh AS condition_zh, c.name_en AS condition_en FROM diagnosis_answer a "
        "LEFT JOIN diagnosis_condition c ON c.code = a.condition "
        "WHERE a.request = $1 AND a.tells_farmer AND a.kind <> $2 ORDER BY a.given_at, a.id",
        id,
        AnswerKind.SECOND.value,
    )


async def outcomes(id: UUID) -> Sequence[Row]:
    """What became of it, by him or written down for him, oldest first."""
    return await fetch(
        "SELECT at, result, area_mu::float8 AS area_mu, value_saved_yuan::float8 AS value_saved_yuan, words "
        "FROM diagnosis_outcome WHERE request = $1 ORDER BY at, id",
        id,
    )


async def conditions(codes: Iterable[str]) -> Mapping[str, Row]:
    """Names of coded diagnoses."""
    rows = await fetch("SELECT code, name_zh, name_en FROM diagnosis_condition WHERE code = ANY($1)", list(codes))
    return {row["code"]: row for row in rows}


async def experts(person_ids: Iterable[UUID]) -> Sequence[Row]:
    """Those who answer, as they are shown."""
    return await fetch(
        "SELECT e.id, p.name, e.title_zh, e.portrait, u.id AS unit_id, u.name AS unit_name, u.public_phone "
        "FROM diagnosis_expert e JOIN people_person p ON p.id = e.id JOIN people_unit u ON u.id = e.unit "
        "WHERE e.id = ANY($1)",
        list(person_ids),
    )
