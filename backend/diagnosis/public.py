"""A request as whoever asked reads it on his receipt: where it stands, who looks at it, what was said to him.

The caller has looked at the receipt. Nothing of the routing, of a second opinion or of other farmers is in it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core import clock
from backend.diagnosis import answer_queries, experts, photos
from backend.diagnosis import public_queries as queries
from backend.diagnosis.answer_schemas import Advice, OutcomeRecord
from backend.diagnosis.request_schemas import ExpertShown, RequestPhoto
from backend.diagnosis.words import AnswerKind, Confidence, GrowthStage, Organ, RequestState, Topic
from backend.media.facts import Reason

LOOKED_AT = frozenset({RequestState.CLAIMED, RequestState.ASKED, RequestState.ANSWERED})
"""When an expert has taken it: his face is shown from then on, and not while it is merely put before him."""


class Named(Struct, frozen=True):
    """A crop or a coded diagnosis."""

    name_zh: str
    name_en: str


class PublicQuestion(Struct, frozen=True, kw_only=True):
    """Something he was asked back. `by_expert` false: a better photo, by the house; `reasons` say why."""

    id: UUID
    by_expert: bool
    asked_at: datetime
    words: str
    wants_photo: bool
    reasons: list[str]
    answered_at: datetime | None
    answer: str | None


class Otherwise(Struct, frozen=True):
    """What else it could be, and how to tell."""

    words: str
    condition: Named | None


class PublicAnswer(Struct, frozen=True, kw_only=True):
    """What an expert said."""

    id: UUID
    kind: AnswerKind
    expert: ExpertShown | None
    given_at: datetime
    diagnosis: str
    condition: Named | None
    confidence: Confidence
    otherwise: list[Otherwise]
    advice: Advice
    visit_proposed: bool
    visit_by: date | None
    follow_up_on: date | None


class PublicDiagnosis(Struct, frozen=True, kw_only=True):
    """A request on its receipt.

    expert        who looks at it; null while one is looked for
    question      what waits for his word now
    answers       the newest first: that one counts, the others were corrected
    asks_outcome  the follow-up day has come
    """

    id: UUID
    crop: Named
    topic: Topic
    growth_stage: GrowthStage
    organ: Organ
    area_mu: float | None
    onset_on: date | None
    weather_note: str | None
    treatments: str | None
    asked_at: datetime
    state: RequestState
    state_since: datetime
    wants_call: bool
    learning: bool
    told_at: datetime | None
    expert: ExpertShown | None
    photos: list[RequestPhoto]
    question: PublicQuestion | None
    questions: list[PublicQuestion]
    answers: list[PublicAnswer]
    outcomes: list[OutcomeRecord]
    follow_up_on: date | None
    asks_outcome: bool


async def public_diagnosis(*, request_id: UUID) -> PublicDiagnosis | None:
    """What the holder of the receipt may read; None where the case is no request for advice."""
    row = await queries.request(request_id)
    if row is None:
        return None
    state = RequestState(row["state"])
    asked = [_question(each) for each in await queries.questions(request_id)]
    sent = (await photos.of_requests([request_id]))[request_id]
    due = row["follow_up_on"]
    facts = {name: row[name] for name in _AS_IT_IS} | {
        "area_mu": row["mu"],
        "crop": Named(row["crop_zh"], row["crop_en"]),
        "expert": await _looking(row["expert"]) if state in LOOKED_AT else None,
        "photos": [each for each in sent if Reason.PURGED not in each.reasons],
        "question": next((each for each in reversed(asked) if each.answered_at is None), None),
        "questions": asked,
        "answers": await _answers(request_id),
        "outcomes": (await answer_queries.outcomes_of([request_id]))[request_id],
        "asks_outcome": state is RequestState.ANSWERED and due is not None and due <= clock.today(),
    }
    return msgspec.convert(facts, PublicDiagnosis)


_AS_IT_IS = (
    *("id", "topic", "growth_stage", "organ", "onset_on", "weather_note", "treatments", "asked_at"),
    *("state", "state_since", "wants_call", "learning", "told_at", "follow_up_on"),
)


def _question(row: Mapping[str, Any]) -> PublicQuestion:
    return msgspec.convert(dict(row) | {"by_expert": row["asked_by"] is not None}, PublicQuestion)


async def _looking(person_id: UUID | None) -> ExpertShown | None:
    return (await experts.shown([person_id])).get(person_id) if person_id else None


async def _answers(request_id: UUID) -> list[PublicAnswer]:
    """Those that he is told, the newest first."""
    kept = (await answer_queries.answers_of([request_id]))[request_id]
    told = [each for each in kept if each.diagnosis]  # of old ones the words are deleted in time
    faces = await experts.shown({each.expert_id for each in told})
    differential = [other.condition_code for each in told for other in each.differential]
    codes = {each.condition_code for each in told} | set(differential)
    named = await _conditions({code for code in codes if code})
    return [
        PublicAnswer(
            expert=faces.get(each.expert_id),
            condition=named.get(each.condition_code or ""),
            otherwise=[Otherwise(other.words, named.get(other.condition_code or "")) for other in each.differential],
            **{name: getattr(each, name) for name in _AS_GIVEN},
        )
        for each in reversed(told)
    ]


async def _conditions(codes: set[str]) -> dict[str, Named]:
    rows = await queries.conditions(codes) if codes else []
    return {row["code"]: Named(row["name_zh"], row["name_en"]) for row in rows}


_AS_GIVEN = (
    *("id", "kind", "given_at", "diagnosis", "confidence", "advice", "visit_proposed", "visit_by", "follow_up_on"),
)
