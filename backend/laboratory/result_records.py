"""Results as they are shown, with the judgement that counts and what is measured again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from backend.cases.reading import person
from backend.core.words import language
from backend.laboratory import result_queries, retest_records
from backend.laboratory.judgement_rows import reasons_of
from backend.laboratory.judgements import Judgement
from backend.laboratory.method_codes import modus_code_of
from backend.laboratory.naming import analyte
from backend.laboratory.result_queries import Row
from backend.laboratory.result_schemas import JudgementShown, ReasonShown, ResultRecord, RetestRecord
from backend.laboratory.words import JudgedBecause

_AS_IT_IS = (
    *("id", "line", "sample_code", "instrument_serial", "analyte", "analyte_text", "method", "method_code"),
    *("comparator", "value", "unit_implied", "lod", "loq", "dilution", "blank_delta", "sample_delta", "tc_ratio"),
    *("control_line", "instrument_verdict", "ban_found", "tested_at", "received_at", "reviewed_at"),
)


async def records(result_ids: Sequence[UUID]) -> list[ResultRecord]:
    """Results in the order of their ids, for whoever has looked that the reader reads them."""
    rows = await result_queries.several(result_ids)
    retests = await retest_records.of_results([row["id"] for row in rows])
    return [record(row, retests.get(row["id"], [])) for row in rows]


def record(row: Row, retests: list[RetestRecord], earlier: Sequence[JudgementShown] = ()) -> ResultRecord:
    """One row of `result_queries.SHOWN`."""
    facts = {name: _number(row[name]) for name in _AS_IT_IS} | {
        "sample_id": row["sample"],
        "import_id": row["import_file"],
        "run_id": row["run"],
        "analyte_name": analyte_name(row),
        "modus_code": modus_code_of(row["method_code"]),
        "unit": row["unit_said"],
        "disagrees": row["instrument_disagrees"],
        "judgement": counting(row),
        "reviewed_by": person(row["reviewed_by"], row["reviewed_by_name"]),
        "retests": retests,
        "earlier": list(earlier),
    }
    return msgspec.convert(facts, ResultRecord, from_attributes=True)


def analyte_name(row: Mapping[str, Any]) -> str | None:
    """What was measured, in the reader's language; else as the file called it."""
    known = analyte(row["analyte"])
    if known is None:
        return row["analyte_text"]
    return known.name_zh if language.get() == "zh" else known.name_en


def counting(row: Row) -> JudgementShown:
    """The judgement that counts."""
    return _shown(row, row["reasons"], at=row["judged_at"])


def kept(row: Row) -> JudgementShown:
    """One of before or beside: a row of `result_queries.judgements_of`."""
    told = msgspec.json.decode(row["judgement"])
    reasons, at = msgspec.json.encode(told["reasons"]), msgspec.convert(told["at"], datetime)
    return _shown(told, reasons, at=at, because=JudgedBecause(row["because"]), by=person(row["by"], row["by_name"]))


def said(judged: Judgement, *, at: datetime, because: JudgedBecause | None = JudgedBecause.ASKED) -> JudgementShown:
    """A judgement that is not stored yet."""
    plain = {"judged_value": judged.value, "judged_unit": judged.unit, "judged_limit": judged.limit} | {
        "judged_control": judged.control, "rule": judged.rule, "rule_source": judged.source
    } | {name: getattr(judged, name) for name in ("verdict", "grade", "ph_class", "category")}  # fmt: skip
    shown = [ReasonShown(each.code, str(each)) for each in judged.reasons]
    return _judgement(plain, shown, at=at, because=because)


def _shown(row: Mapping[str, Any], reasons: str | bytes, **beside: Any) -> JudgementShown:
    return _judgement(row, [ReasonShown(each.code, str(each)) for each in reasons_of(reasons)], **beside)


def _judgement(row: Mapping[str, Any], reasons: list[ReasonShown], **beside: Any) -> JudgementShown:
    facts = {
        "verdict": row["verdict"],
        "grade": row["grade"],
        "ph_class": row["ph_class"],
        "category": row["category"],
        "value": _float(row["judged_value"]),
        "unit": row["judged_unit"],
        "limit": _float(row["judged_limit"]),
        "control": _float(row["judged_control"]),
        "rule": row["rule"],
        "source": row["rule_source"],
        "reasons": reasons,
    }
    return msgspec.convert(facts | beside, JudgementShown, from_attributes=True)


def _float(number: Decimal | str | None) -> float | None:
    """A number of JSON; in `JudgedAgain` it stands as text."""
    return None if number is None else float(number)


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
