"""Results with all that judging them asks, and their judgements written: raw SQL, a batch in one statement."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock, ids
from backend.core.database import fetch
from backend.laboratory.context import SAMPLE
from backend.laboratory.judgement_rows import columns
from backend.laboratory.judgements import Judgement
from backend.laboratory.words import JudgedBecause

Row = Mapping[str, Any]

_RESULTS = f"""
SELECT r.*, n.blank_delta AS run_blank_delta, n.invalid_reasons AS run_invalid,
       f.told_crop, f.told_on, f.told_kind, s.code AS sample_code, s.unit AS sample_unit, {SAMPLE}
FROM laboratory_result r JOIN laboratory_sample s ON s.id = r.sample
LEFT JOIN laboratory_run n ON n.id = r.run LEFT JOIN laboratory_import f ON f.id = r.import_file
"""


async def hold(result_ids: Sequence[UUID]) -> Sequence[Row]:
    """Results that nobody else judges meanwhile, in the order of their ids."""
    return await fetch(f"{_RESULTS} WHERE r.id = ANY($1::uuid[]) ORDER BY r.id FOR UPDATE OF r", list(result_ids))


async def of_sample(sample_id: UUID) -> Sequence[Row]:
    """All results of a sample, in the order in which they were measured."""
    return await fetch(f"{_RESULTS} WHERE r.sample = $1 ORDER BY r.tested_at, r.line, r.id", sample_id)


async def asked_before(result_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """What was asked for before and stands beside, as `told_columns`."""
    rows = await fetch(
        "SELECT result, judgement FROM laboratory_judgement WHERE result = ANY($1::uuid[]) AND because = 'asked'",
        list(result_ids),
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        told = msgspec.json.decode(row["judgement"])
        found.setdefault(row["result"], []).append({name: told[name] for name in told if name != "at"})
    return found


def told_columns(judged: Judgement) -> dict[str, Any]:
    """A judgement as JSON keeps it, without its moment."""
    told = columns(judged)
    return {name: _plain(value) for name, value in told.items()} | {"reasons": msgspec.json.decode(told["reasons"])}


def says_otherwise(row: Row, judged: Judgement) -> bool:
    """Whether the word, the limit or the rule is another one; reasons alone are not."""
    new = columns(judged)
    names = ("verdict", "grade", "ph_class", "category", "judged_limit", "judged_control", "rule")
    return any(row[name] != new[name] for name in names)


def stored_json(row: Row) -> str:
    """The judgement that stands in a row's columns, as `JudgedAgain.judgement` keeps it."""
    names = columns(Judgement())
    told = {name: _plain(row[name]) for name in names}
    return msgspec.json.encode(told | {"reasons": msgspec.json.decode(row["reasons"]), "at": row["judged_at"]}).decode()


def judgement_json(judged: Judgement) -> str:
    """A judgement of this moment in the same shape."""
    return msgspec.json.encode(told_columns(judged) | {"at": clock.now()}).decode()


def differs(row: Row, judged: Judgement) -> bool:
    """Whether a judgement says anything else than the one in the row."""
    new = columns(judged)
    if msgspec.json.decode(new.pop("reasons")) != msgspec.json.decode(row["reasons"]):
        return True
    return any(row[name] != value for name, value in new.items())


async def keep(rows: Sequence[Row], *, because: JudgedBecause, by: UUID | None) -> None:
    """Keep the judgements that counted until now."""
    await insert([(row["id"], stored_json(row), row["rule"]) for row in rows], because=because, by=by)


async def insert(
    judgements: Sequence[tuple[UUID, str, str | None]], *, because: JudgedBecause, by: UUID | None
) -> None:
    """Judgements that do not count: result, its JSON, its rule."""
    at = clock.now()
    await fetch(
        """
        INSERT INTO laboratory_judgement (id, result, because, judgement, rule, at, by)
        SELECT n.id, n.result, $5, n.judgement::jsonb, n.rule, $6, $7
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS n(id, result, judgement, rule)
        """,
        [ids.uuid7(at) for _ in judgements],
        *([each[i] for each in judgements] for i in range(3)),
        *(because.value, at, by),
    )


async def replace_judgements(judged: Sequence[tuple[UUID, dict[str, Any]]]) -> None:
    """Write new judgements over the old ones; what somebody had looked at he has to look at again."""
    rows = [{"id": id} | {name: _plain(value) for name, value in new.items()} for id, new in judged]
    await fetch(_REPLACE, msgspec.json.encode(rows).decode(), clock.now())


_SHAPE = """
id uuid, verdict text, grade smallint, ph_class text, category text, judged_value numeric, judged_unit text,
judged_limit numeric, judged_control numeric, rule text, rule_source text, instrument_disagrees boolean,
ban_found boolean, reasons text
"""
_SET = ", ".join(f"{name} = n.{name}" for name in columns(Judgement()) if name != "reasons")
_REPLACE = f"""
UPDATE laboratory_result r
SET {_SET}, reasons = n.reasons::jsonb, judged_at = $2, reviewed_by = NULL, reviewed_at = NULL
FROM jsonb_to_recordset($1::jsonb) AS n({_SHAPE}) WHERE r.id = n.id
"""


def _plain(value: Any) -> Any:
    """A decimal as text, so that JSON does not round it."""
    return f"{value:f}" if isinstance(value, Decimal) else value
