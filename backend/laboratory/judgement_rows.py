"""A judgement as a row's columns and as JSON, and back: nothing is rounded, and its words stay translatable."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

from backend.core.words import Term
from backend.laboratory.judgement_reasons import Name, Reason
from backend.laboratory.judgements import Judgement

BAN_CODES = frozenset({"ban_finding"})


def columns(judged: Judgement) -> dict[str, Any]:
    """The columns of `Result` that a judgement fills; `reasons` as JSON text."""
    return {
        "verdict": judged.verdict.value if judged.verdict else None,
        "grade": judged.grade,
        "ph_class": judged.ph_class,
        "category": judged.category.value if judged.category else None,
        "judged_value": judged.value,
        "judged_unit": judged.unit,
        "judged_limit": judged.limit,
        "judged_control": judged.control,
        "rule": judged.rule,
        "rule_source": judged.source,
        "instrument_disagrees": judged.instrument_disagrees,
        "ban_found": not BAN_CODES.isdisjoint(judged.codes),
        "reasons": reasons_json(judged.reasons),
    }


def reasons_json(reasons: tuple[Reason, ...]) -> str:
    """`[{"code": …, "facts": {…}}]`; a decimal as {"d": "5.0"}, a name as {"code", "zh", "en"}, a day as {"day": …}.

    >>> reasons_json((Reason("below_bands", {"value": Decimal("5.0")}),))
    '[{"code":"below_bands","facts":{"value":{"d":"5.0"}}}]'
    """
    return f"[{','.join([_json(each) if each.facts else _bare(each.code) for each in reasons])}]"


def _json(reason: Reason) -> str:
    facts = {name: _plain(fact) for name, fact in reason.facts.items()}
    return msgspec.json.encode({"code": reason.code, "facts": facts}).decode()


@cache
def _bare(code: str) -> str:
    """Half of all reasons have no facts, and there are few of them."""
    return _json(Reason(code))


def reasons_of(stored: str | bytes) -> tuple[Reason, ...]:
    """The reasons again, said in whoever's language reads them (`str`).

    >>> reasons_of('[{"code":"below_bands","facts":{"value":{"d":"5.0"}}}]')[0].facts
    {'value': Decimal('5.0')}
    """
    told = msgspec.json.decode(stored)
    return tuple(Reason(each["code"], {name: _fact(fact) for name, fact in each["facts"].items()}) for each in told)


def word(row: Any) -> str | None:
    """The one word of a row's judgement: verdict, grade as text, pH class or category; null where nothing was said."""
    grade = str(row["grade"]) if row["grade"] is not None else None
    return row["verdict"] or grade or row["ph_class"] or row["category"]


def _plain(fact: Any) -> Any:
    if isinstance(fact, Term):
        return {"term": str(fact)}
    if isinstance(fact, Decimal):
        return {"d": f"{fact:f}"}
    if isinstance(fact, Name):
        return {"code": fact.code, "zh": fact.zh, "en": fact.en}
    if isinstance(fact, date):
        return {"day": fact.isoformat()}
    if isinstance(fact, list | tuple):
        return [_plain(each) for each in fact]
    return fact


def _fact(stored: Any) -> Any:
    if isinstance(stored, list):
        return [_fact(each) for each in stored]
    if not isinstance(stored, dict):
        return stored
    if "term" in stored:
        return Term(stored["term"])
    if "d" in stored:
        return Decimal(stored["d"])
    return date.fromisoformat(stored["day"]) if "day" in stored else Name(**stored)
