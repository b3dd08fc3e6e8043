"""What a message to a partner says: the fields its purpose allows, each made so that it names nobody."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from backend.cases import reading
from backend.cases.rules import STAGES
from backend.cases.words import CaseState
from backend.core.words import Term, translations
from backend.open311 import statuses
from backend.open311.publishing import covered
from backend.open311.requests import updated_at, w3
from backend.open311.words import Event, Field
from backend.territory.coordinates import cell_1km

Row = Mapping[str, Any]

LABELS = {
    Field.NUMBER: Term("its number"),
    Field.UPSTREAM_NUMBER: Term("the province's number"),
    Field.STATUS: Term("open or closed"),
    Field.EXTENDED_STATUS: Term("how far it is"),
    Field.STAGE: Term("its stage"),
    Field.OUTCOME: Term("how it ended"),
    Field.CATEGORY: Term("what it is about"),
    Field.TITLE: Term("its title, with personal data covered"),
    Field.DESCRIPTION: Term("what was asked, with personal data covered"),
    Field.WORDS: Term("what the office answered, with personal data covered"),
    Field.DIVISION: Term("the village"),
    Field.AREA: Term("the square kilometre"),
    Field.AGENCY: Term("the unit that acts"),
    Field.RECEIVED_AT: Term("when it came in"),
    Field.UPDATED_AT: Term("when it last changed"),
    Field.EXPECTED_AT: Term("by when it is due"),
}


def message(*, event: Event, at: datetime, purpose: str, fields: Iterable[Field], row: Row, payload: str | None) -> str:
    """The body: type, timestamp, purpose and data; `row` holds the case's facts, `payload` is the line's."""
    whole = dict(row) | {"event": event, "payload": payload}
    data = {field.value: _MADE[field](whole) for field in sorted(fields)}
    said = {"type": f"case.{event.value}", "timestamp": w3(at), "purpose": purpose, "data": data}
    return msgspec.json.encode(said).decode()


def told(fields: Iterable[Field], *, partner: str, purpose: str) -> str:
    """The sentence on the citizen's receipt. In Chinese: it is written down once, for whoever reads it."""
    chinese = translations("zh")
    named = "、".join(chinese.gettext(LABELS[field]) for field in sorted(fields))
    said = chinese.gettext("Given to {partner} for: {purpose}. What was given: {fields}.")
    return said.format(partner=partner, purpose=purpose, fields=named)


def _words(row: Row) -> str | None:
    if row["event"] not in statuses.OFFICES:
        return None
    said = reading.said(row["payload"]) or {}
    return covered(str(said.get("words") or said.get("reason") or ""), row) or None


def _area(row: Row) -> dict[str, float] | None:
    if row["longitude"] is None:
        return None
    longitude, latitude = cell_1km(row["longitude"], row["latitude"])
    return {"longitude": longitude, "latitude": latitude}


_MADE: dict[Field, Callable[[Row], Any]] = {
    Field.NUMBER: lambda row: row["number"],
    Field.UPSTREAM_NUMBER: lambda row: row["upstream_number"],
    Field.STATUS: lambda row: statuses.plain(row["state"]),
    Field.EXTENDED_STATUS: lambda row: statuses.further(row["state"], row["outcome"]),
    Field.STAGE: lambda row: STAGES[CaseState(row["state"])],
    Field.OUTCOME: lambda row: row["outcome"],
    Field.CATEGORY: lambda row: {"code": row["category_code"], "name": row["category_zh"]},
    Field.TITLE: lambda row: covered(row["title"], row),
    Field.DESCRIPTION: lambda row: covered(row["description"], row),
    Field.WORDS: _words,
    Field.DIVISION: lambda row: {"code": row["division_code"], "name": row["division_name"]},
    Field.AREA: _area,
    Field.AGENCY: lambda row: row["agency"],
    Field.RECEIVED_AT: lambda row: w3(row["received_at"]),
    Field.UPDATED_AT: lambda row: w3(updated_at(row)),
    Field.EXPECTED_AT: lambda row: w3(row["expected_at"]),
}
