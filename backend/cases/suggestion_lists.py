"""Suggestions in a list, each with how far it has come of the nine."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.cases.filters import CaseFilters
from backend.cases.lists import CaseSummary, list_cases
from backend.cases.loop_words import ReportTo, Signatory
from backend.cases.schemas import DivisionShown, UnitShown
from backend.cases.suggestion_queries import Row
from backend.cases.suggestion_records import ANSWERED, current_sha256
from backend.cases.suggestion_rules import missing
from backend.cases.words import CaseKind, CaseState
from backend.core.database import fetch
from backend.core.paging import Page
from backend.people.actors import Actor


class SuggestionSummary(Struct, frozen=True, kw_only=True):
    """A row of the list.

    missing    what is not there yet of the nine, in words of the wire; `archived` when nothing is
    answered   who made it has his reply
    """

    case_id: UUID
    number: str
    title: str
    division: DivisionShown
    state: CaseState
    assignee_unit: UnitShown | None
    received_at: datetime
    answered: bool
    archived: bool
    missing: list[str]


_STEPS = """
SELECT c.id, c.title, c.description, s.signatory, s.text_sha256, NULL AS audience, FALSE AS heard
FROM cases_case c LEFT JOIN cases_signature s ON s."case" = c.id WHERE c.id = ANY($1)
UNION ALL
SELECT "case", NULL, NULL, NULL, NULL, NULL, TRUE FROM cases_hearing WHERE "case" = ANY($1)
UNION ALL
SELECT "case", NULL, NULL, NULL, NULL, audience, FALSE FROM cases_report WHERE "case" = ANY($1)
"""


async def list_suggestions(
    *, by: Actor, open: bool | None = None, limit: int = 50, cursor: str | None = None
) -> Page[SuggestionSummary]:
    """The suggestions among the cases that `by` may see, the latest first. Raises Invalid (400)."""
    filters = CaseFilters(kind=CaseKind.SUGGESTION, open=open)
    found = await list_cases(by=by, filters=filters, limit=limit, cursor=cursor)
    lacking = await _missing([case.id for case in found.items])
    return Page([_summary(case, lacking[case.id]) for case in found.items], found.next_cursor)


async def _missing(case_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """What each lacks. A signature for another text than today's is none."""
    steps: dict[UUID, list[Row]] = defaultdict(list)
    for row in await fetch(_STEPS, case_ids):
        steps[row["id"]].append(row)
    return {case_id: _lacking(rows) for case_id, rows in steps.items()}


def _lacking(rows: Sequence[Row]) -> list[str]:
    now = current_sha256(next(row for row in rows if row["title"] is not None))
    return missing(
        {Signatory(row["signatory"]) for row in rows if row["signatory"] and row["text_sha256"] == now},
        heard=any(row["heard"] for row in rows),
        reported={ReportTo(row["audience"]) for row in rows if row["audience"]},
    )


def _summary(case: CaseSummary, lacking: list[str]) -> SuggestionSummary:
    shared = ("number", "title", "division", "state", "assignee_unit", "received_at")
    return SuggestionSummary(
        **{name: getattr(case, name) for name in shared},
        case_id=case.id,
        answered=case.state in ANSWERED,
        archived=not lacking,
        missing=lacking,
    )
