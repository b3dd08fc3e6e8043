"""A request as whoever asked reads it on his receipt: where it stands, who looks at it, what was said to him.

The caller has looked at the receipt. Nothing of the routing, of a second opinion or of other farmers is in it.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.cases.reading import unit
from backend.cases.schemas import UnitShown
from backend.core import clock
from backend.diagnosis import public_queries as queries
from backend.diagnosis.answer_schemas import Advice, Differential
from backend.diagnosis.request_schemas import ExpertShown
from backend.diagnosis.words import AnswerKind, Confidence, GrowthStage, Organ, OutcomeResult, RequestState, Topic
from backend.media.facts import SIZES, Kind, PhotoState
from backend.media.signed_addresses import signed_address

LOOKED_AT = frozenset({RequestState.CLAIMED, RequestState.ASKED, RequestState.ANSWERED})
"""When an expert has taken it: his face is shown from then on, and not while it is merely put before him."""

OPEN_FOR = timedelta(hours=1)
LARGE, SMALL = SIZES


class Named(Struct, frozen=True):
    """A crop or a coded diagnosis."""

    name_zh: str
    name_en: str


class PublicPhoto(Struct, frozen=True, kw_only=True):
    """What he sent, and what the pipeline thinks of it. `small`, `large`: paths that open for an hour."""

    id: UUID
    kind: Kind
    state: PhotoState
    reasons: list[str]
    received_at: datetime
    small: str | None
    large: str | None


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


class PublicOutcome(Struct, frozen=True, kw_only=True):
    """What he said became of it: his own figures."""

    at: datetime
    result: OutcomeResult
    area_mu: float | None
    value_saved_yuan: float | None
    words: str | None


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
    photos: list[PublicPhoto]
    question: PublicQuestion | None
    questions: list[PublicQuestion]
    answers: list[PublicAnswer]
    outcomes: list[PublicOutcome]
    follow_up_on: date | None
    asks_outcome: bool


async def public_diagnosis(*, request_id: UUID) -> PublicDiagnosis | None:
    """What the holder of the receipt may read; None where the case is no request for advice."""
    row = await queries.request(request_id)
    if row is None:
        return None
    asked = [_question(each) for each in await queries.questions(request_id)]
    told = await queries.answers(request_id)
    state = RequestState(row["state"])
    looking = row["expert"] if state in LOOKED_AT else None
    faces = await _experts({each["expert"] for each in told} | ({looking} if looking else set()))
    named = await queries.conditions(_codes(told))
    due = row["follow_up_on"]
    facts = {name: row[name] for name in _AS_IT_IS} | {
        "area_mu": row["mu"],
        "crop": Named(row["crop_zh"], row["crop_en"]),
        "expert": faces.get(looking) if looking else None,
        "photos": [_photo(each) for each in await queries.photos(request_id)],
        "question": next((each for each in reversed(asked) if each.answered_at is None), None),
        "questions": asked,
        "answers": [_answer(each, faces, named) for each in reversed(told)],
        "outcomes": [msgspec.convert(dict(each), PublicOutcome) for each in await queries.outcomes(request_id)],
        "asks_outcome": state is RequestState.ANSWERED and due is not None and due <= clock.today(),
    }
    return msgspec.convert(facts, PublicDiagnosis, strict=False)


_AS_IT_IS = (
    *("id", "topic", "growth_stage", "organ", "onset_on", "weather_note", "treatments", "asked_at"),
    *("state", "state_since", "wants_call", "learning", "told_at", "follow_up_on"),
)


def _question(row: Mapping[str, Any]) -> PublicQuestion:
    return msgspec.convert(dict(row) | {"by_expert": row["asked_by"] is not None}, PublicQuestion)


def _photo(row: Mapping[str, Any]) -> PublicPhoto:
    shown = row["state"] == PhotoState.ACCEPTED and row["kind"] == Kind.PHOTO
    small, large = (signed_address(photo_id=row["id"], longest=each, valid_for=OPEN_FOR) for each in (SMALL, LARGE))
    facts = dict(row) | {"small": small if shown else None, "large": large if shown else None}
    return msgspec.convert(facts, PublicPhoto)


def _answer(
    row: Mapping[str, Any], faces: Mapping[UUID, ExpertShown], named: Mapping[str, Mapping[str, Any]]
) -> PublicAnswer:
    others = msgspec.json.decode(row["differential"], type=list[Differential])
    return PublicAnswer(
        id=row["id"],
        kind=AnswerKind(row["kind"]),
        expert=faces.get(row["expert"]),
        given_at=row["given_at"],
        diagnosis=row["diagnosis"],
        condition=Named(row["condition_zh"], row["condition_en"]) if row["condition_zh"] else None,
        confidence=Confidence(row["confidence"]),
        otherwise=[Otherwise(each.words, _named(named.get(each.condition_code or ""))) for each in others],
        advice=msgspec.json.decode(row["advice"], type=Advice),
        visit_proposed=row["visit_proposed"],
        visit_by=row["visit_by"],
        follow_up_on=row["follow_up_on"],
    )


def _named(row: Mapping[str, Any] | None) -> Named | None:
    return Named(row["name_zh"], row["name_en"]) if row else None


def _codes(told: Any) -> set[str]:
    others = [each for row in told for each in msgspec.json.decode(row["differential"], type=list[Differential])]
    return {each.condition_code for each in others if each.condition_code}


async def _experts(person_ids: set[UUID]) -> dict[UUID, ExpertShown]:
    rows = await queries.experts(person_ids) if person_ids else []
    return {row["id"]: _face(row) for row in rows}


def _face(row: Mapping[str, Any]) -> ExpertShown:
    portrait = row["portrait"]
    return ExpertShown(
        id=row["id"],
        name=row["name"],
        title_zh=row["title_zh"],
        unit=unit(row["unit_id"], row["unit_name"], row["public_phone"]) or UnitShown(row["unit_id"], "", None),
        portrait=portrait and signed_address(photo_id=portrait, longest=SMALL, valid_for=OPEN_FOR),
    )
