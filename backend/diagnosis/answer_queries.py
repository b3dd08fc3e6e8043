"""Answers and outcomes as they are read, and the rows that verbs look at before they write."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.cases.words import CaseState
from backend.core.database import fetch, fetch_row
from backend.diagnosis.answer_schemas import (
    Advice,
    AnswerRecord,
    Differential,
    OutcomeRecord,
)
from backend.diagnosis.words import AnswerKind
from backend.people.actors import OVERSEERS, Actor
from backend.people.tables import Role

Row = Mapping[str, Any]

READERS_OF_SECONDS = OVERSEERS | {Role.EXPERT}
"""Who reads second opinions: colleagues, and who answers for the place. Farmers, desks and cadres do not."""


class CaseFacts(Struct, frozen=True, kw_only=True):
    """What telling an answer and asking for an outcome need of a request's case."""

    id: UUID
    number: str
    state: CaseState
    household: UUID | None
    opened_by: UUID | None
    division_code: str
    urgent: bool
    wants_call: bool
    has_contact: bool
    station: UUID | None
    studio: UUID
    crop_zh: str
    crop_en: str


async def case_facts(request_id: UUID) -> CaseFacts:
    """As they are now; the caller holds the request."""
    row = await fetch_row(
        """
        SELECT c.id, c.number, c.state, c.household, c.opened_by, c.division_code,
               c.contact_phone_sealed IS NOT NULL AS has_contact, c.policy_code = 'diagnosis_urgent' AS urgent,
               r.wants_call, r.station, r.studio,
               k.name_zh AS crop_zh, k.name_en AS crop_en
        FROM cases_case c JOIN diagnosis_request r ON r.id = c.id JOIN diagnosis_crop k ON k.code = r.crop
        WHERE c.id = $1
        """,
        request_id,
    )
    return msgspec.convert(dict(row or {}), CaseFacts)


_ANSWER = """
SELECT a.id, a.request, a.kind, a.expert AS expert_id, p.name AS expert_name, a.given_at, a.diagnosis,
       a.condition AS condition_code, c.name_zh AS condition_zh, a.confidence, a.differential, a.advice, a.warnings,
       a.knowledge_codes, a.template AS template_code, a.visit_proposed, a.visit_by, a.follow_up_on, a.tells_farmer
FROM diagnosis_answer a JOIN people_person p ON p.id = a.expert
LEFT JOIN diagnosis_condition c ON c.code = a.condition
"""


async def answers_of(request_ids: Sequence[UUID], *, by: Actor | None = None) -> dict[UUID, list[AnswerRecord]]:
    """Answers by request, the oldest first; a request without any has an empty list.

    by   who reads it: second opinions are for colleagues and overseers, and whoever is asked for one reads nothing of
         the others before he has answered; None: what the farmer is told
    """
    found: dict[UUID, list[AnswerRecord]] = {id: [] for id in request_ids}
    hidden = await blind_in(request_ids, by=by)
    rows = await fetch(
        f"{_ANSWER} WHERE a.request = ANY($1) AND (a.tells_farmer OR a.expert = $3 OR $2 AND {_IS_PAIRED}) "
        "ORDER BY a.given_at, array_position(ARRAY['first', 'second', 'correction'], a.kind::text), a.id",
        [id for id in request_ids if id not in hidden],
        by is not None and by.has(*READERS_OF_SECONDS),
        by.person_id if by else None,
    )
    for row in rows:
        found[row["request"]].append(answer_record(row))
    return found


_IS_PAIRED = """EXISTS (
    SELECT FROM diagnosis_answer f WHERE f.request = a.request AND f.tells_farmer)"""
"""That somebody has answered: until then nobody but its maker reads a second opinion, so that both are blind."""


async def outcomes_of(request_ids: Sequence[UUID], *, by: Actor | None = None) -> dict[UUID, list[OutcomeRecord]]:
    """What was said of each, the oldest first; whoever is asked for a blind opinion does not read that either."""
    found: dict[UUID, list[OutcomeRecord]] = {id: [] for id in request_ids}
    hidden = await blind_in(request_ids, by=by)
    rows = await fetch(
        "SELECT * FROM diagnosis_outcome WHERE request = ANY($1) ORDER BY at, id",
        [id for id in request_ids if id not in hidden],
    )
    for row in rows:
        found[row["request"]].append(outcome_record(row))
    return found


async def blind_in(request_ids: Sequence[UUID], *, by: Actor | None) -> set[UUID]:
    """The requests among these of which this reader still owes a blind opinion."""
    if by is None or not by.has(Role.EXPERT):
        return set()
    rows = await fetch(
        "SELECT request FROM diagnosis_second_opinion WHERE expert = $1 AND answered_at IS NULL AND request = ANY($2)",
        by.person_id,
        list(request_ids),
    )
    return {row["request"] for row in rows}


async def answer(answer_id: UUID) -> AnswerRecord | None:
    """One answer, for the verb that has just written it."""
    row = await fetch_row(f"{_ANSWER} WHERE a.id = $1", answer_id)
    return answer_record(row) if row else None


async def first_of(request_id: UUID) -> Row | None:
    """Id, expert and day of the newest answer that the farmer was told, a correction or the first."""
    return await fetch_row(
        "SELECT id, expert, given_at FROM diagnosis_answer WHERE request = $1 AND tells_farmer "
        "ORDER BY given_at DESC, kind = 'correction' DESC, id DESC LIMIT 1",
        request_id,
    )


async def experts_first(request_id: UUID) -> UUID | None:
    """The newest first answer, which blind ones are compared with: a correction is the chief's, who has read it."""
    row = await fetch_row(
        "SELECT id FROM diagnosis_answer WHERE request = $1 AND kind = 'first' ORDER BY given_at DESC, id DESC LIMIT 1",
        request_id,
    )
    return row["id"] if row else None


async def pair_with(request_id: UUID, *, first_id: UUID) -> None:
    """Blind opinions that came before the first answer are compared with it."""
    await fetch(
        "UPDATE diagnosis_second_opinion SET first_answer = $2 "
        "WHERE request = $1 AND answer IS NOT NULL AND first_answer IS NULL",
        request_id,
        first_id,
    )


async def digest_of_answer(answer_id: UUID) -> bytes | None:
    """What an id stands for already."""
    row = await fetch_row("SELECT arguments_digest FROM diagnosis_answer WHERE id = $1", answer_id)
    return row["arguments_digest"] if row else None


def answer_record(row: Row) -> AnswerRecord:
    """A row as it is shown."""
    facts = {name: row[name] for name in AnswerRecord.__struct_fields__} | {
        "kind": AnswerKind(row["kind"]),
        "differential": msgspec.json.decode(row["differential"], type=list[Differential]),
        "advice": msgspec.json.decode(row["advice"], type=Advice),
    }
    return msgspec.convert(facts, AnswerRecord, from_attributes=True)


def outcome_record(row: Row) -> OutcomeRecord:
    """A row as it is shown; its figures are the farmer's."""
    return OutcomeRecord(
        id=row["id"],
        at=row["at"],
        by_farmer=row["reported_by"] is None,
        result=row["result"],
        area_mu=_number(row["area_mu"]),
        value_saved_yuan=_number(row["value_saved_yuan"]),
        value_method=row["value_method"],
        words=row["words"],
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
