"""What a receipt's page reads of a request: a handful of statements, each by an index on the request."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row

Row = Mapping[str, Any]


async def request(id: UUID) -> Row | None:
    """The request with its crop."""
    return await fetch_row(
        "SELECT r.*, r.area_mu::float8 AS mu, k.name_zh AS crop_zh, k.name_en AS crop_en FROM diagnosis_request r "
        "JOIN diagnosis_crop k ON k.code = r.crop WHERE r.id = $1",
        id,
    )


async def questions(id: UUID) -> Sequence[Row]:
    """What he was asked back, oldest first."""
    return await fetch("SELECT * FROM diagnosis_question WHERE request = $1 ORDER BY asked_at, id", id)


async def conditions(codes: Iterable[str]) -> Sequence[Row]:
    """Names of coded diagnoses."""
    return await fetch("SELECT code, name_zh, name_en FROM diagnosis_condition WHERE code = ANY($1)", list(codes))
