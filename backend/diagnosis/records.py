"""Reading one request, with its case and everything that stands around it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.cases import records as cases
from backend.cases.reading import person, unit
from backend.diagnosis import answer_queries, experts, likeness, photos, queries
from backend.diagnosis.may import Standing, may
from backend.diagnosis.moving import unknown
from backend.diagnosis.request_rules import URGENT_POLICY
from backend.diagnosis.request_schemas import MU_PER_HECTARE, DiagnosisRecord, OfferShown, QuestionRecord
from backend.diagnosis.visibility import is_able, reader, sees
from backend.people.actors import Actor
from backend.people.tables import Role

Row = Mapping[str, Any]

_AS_IT_IS = (
    *(
        "id",
        "topic",
        "growth_stage",
        "organ",
        "onset_on",
        "weather_note",
        "treatments",
        "photos_expected",
        "wants_call",
    ),
    *("learning", "asked_at", "state", "state_since", "offer_until", "claimed_at", "answered_at", "told_at"),
    "follow_up_on",
)
_CROP = ("eppo_code", "name_zh", "name_en", "aliases", "source")


async def get(*, request_id: UUID, by: Actor) -> DiagnosisRecord:
    """A request that `by` may see. Raises RequestUnknown (404)."""
    if not await sees(await reader(by), request_id):
        raise unknown(request_id)
    return await read(request_id, by=by)


async def read(request_id: UUID, *, by: Actor | None) -> DiagnosisRecord:
    """The same for verbs that have looked; `by` decides what he may do next, and whether an opinion of his is blind.

    Raises RequestUnknown (404).
    """
    row = await queries.request(request_id)
    if row is None:
        raise unknown(request_id)
    case = await cases.read(request_id)
    shown = await experts.shown([row["expert"]] if row["expert"] else [])
    area_mu = None if row["area_mu"] is None else float(row["area_mu"])
    facts = {name: row[name] for name in _AS_IT_IS} | {
        "case": case,
        "crop": {name: row[name] for name in _CROP} | {"code": row["crop_code"]},
        "area_mu": area_mu,
        "area_ha": area_mu and round(area_mu / MU_PER_HECTARE, 3),
        "photos": (await photos.of_requests([request_id]))[request_id],
        "station": unit(row["station"], row["station_name"], row["station_phone"]),
        "studio": unit(row["studio"], row["studio_name"], row["studio_phone"]),
        "urgent": row["policy_code"] == URGENT_POLICY,
        "expert": shown.get(row["expert"]),
        "offers": [_offer(each) for each in await queries.offers(request_id)],
        "questions": [question(each) for each in await queries.questions(request_id)],
        "answers": (await answer_queries.answers_of([request_id], by=by))[request_id],
        "outcomes": (await answer_queries.outcomes_of([request_id], by=by))[request_id],
        "alike": [each.number for each in (await likeness.alike(request_ids=[request_id]))[request_id]],
        "may": await _may(row, by),
    }
    return msgspec.convert(facts, DiagnosisRecord, from_attributes=True)


async def _may(row: Row, by: Actor | None) -> list[str]:
    if by is None:
        return []
    reading = await reader(by)
    standing = Standing(
        state=row["state"],
        told=row["told_at"] is not None,
        is_mine=row["expert"] == by.person_id,
        is_chief=reading.is_chief_of(row["studio"], row["division_code"]),
        is_able=await is_able(reading, row["id"]),
        answers=reading.is_expert,
        is_blind=bool(await answer_queries.blind_in([row["id"]], by=by)),
        speaks=by.has(*(role for role in Role if role is not Role.AUDITOR)),
    )
    return may(standing)


def question(row: Row) -> QuestionRecord:
    """A row as it is shown. What the house asks for is said in the reader's language."""
    return QuestionRecord(
        id=row["id"],
        asked_by=person(row["asked_by"], row["asked_by_name"]),
        asked_at=row["asked_at"],
        words=row["words"],
        wants_photo=row["wants_photo"],
        reasons=list(row["reasons"]),
        answered_at=row["answered_at"],
        answer=row["answer"],
    )


def _offer(row: Row) -> OfferShown:
    shown = person(row["expert"], row["name"])
    assert shown is not None  # noqa: S101 - an offer has an expert
    return OfferShown(
        expert=shown, offered_at=row["offered_at"], until=row["until"], ending=row["ending"], reason=row["reason"]
    )
