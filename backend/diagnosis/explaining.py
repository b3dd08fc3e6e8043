""" "Why me?": each decision about a request as it was made, in sentences."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.core.words import Term, say
from backend.diagnosis import expert_queries, moving, routing_queries
from backend.diagnosis.expert_schemas import CandidateShown, PartShown, RoutingRecord
from backend.diagnosis.routing_policies import routing_policy_from
from backend.diagnosis.routing_queries import Row
from backend.diagnosis.routing_rules import PARTS, Candidate, Part
from backend.diagnosis.visibility import Reader, reader, sees
from backend.people.actors import Actor

DECISIONS = {
    "offered": Term("The best of those who are able and there has it before him."),
    "pooled": Term("Nobody took it in time: all who are able see it."),
    "chief": Term("It is before the chief expert."),
    "nobody": Term("No expert and no chief is there for it: a supervisor settles it."),
}
LOAD = Term("In {days} days {due} were this expert's turn, {given} were given; {open} in hand, able for {able} a day.")
FIELDS = {
    (True, True): Term("Just this trouble of this crop is this expert's field."),
    (True, False): Term("This crop is this expert's field."),
    (False, True): Term("This kind of trouble is this expert's field."),
    (False, False): Term("This expert answers for every crop and every trouble."),
}
HERE = Term("{field} Named for this township.")
DUTY = {True: Term("On duty now."), False: Term("Not on duty now.")}
HOUSEHOLD = Term("Has answered this household {answered_n} times.")
NEW_HOUSEHOLD = Term("Has not answered this household yet.")
FAR = Term("{km} km away.")
WHO_KNOWS_HOW_FAR = Term("Nobody knows how far away.")
TIERS = {
    ("local", False): Term("A local expert: asked first where it is not urgent."),
    ("local", True): Term("A local expert: it is urgent, so the studio's experts are asked first."),
    ("expert", False): Term("An expert of the studio: local ones are asked first where it is not urgent."),
    ("expert", True): Term("An expert of the studio: asked first, because it is urgent."),
}
CHIEF = Term("The chief expert: asked last.")


async def explain(*, request_id: UUID, by: Actor) -> list[RoutingRecord]:
    """The decisions about a request, the earliest first. An expert reads how he himself was weighed; chiefs, and who
    oversees the place, how everybody was.

    Raises RequestUnknown (404).
    """
    reading = await reader(by)
    held = await routing_queries.asked(request_id)
    if held is None or not await sees(reading, request_id):
        raise moving.unknown(request_id)
    rows = await routing_queries.routings(request_id)
    decided = [(row, _candidates(row)) for row in rows]
    names = await _names({each.expert for _, candidates in decided for each in candidates})
    only = None if _sees_all(reading, held) else by.person_id
    return [_record(row, candidates, names, only) for row, candidates in decided]


def words_of(name: str, facts: Mapping[str, Any]) -> str:
    """What one part of a score says, in the reader's language."""
    if name == "load":
        return say(LOAD, **facts)
    if name == "competence":
        field = say(FIELDS[bool(facts["crop"]), bool(facts["topic"])])
        return say(HERE, field=field) if facts["place"] else field
    if name == "on_duty":
        return say(DUTY[bool(facts["on_duty"])])
    if name == "household":
        return say(HOUSEHOLD, **facts) if facts["answered_n"] else say(NEW_HOUSEHOLD)
    if name == "distance":
        return say(FAR, **facts) if facts["km"] is not None else say(WHO_KNOWS_HOW_FAR)
    return say(TIERS.get((facts["tier"], bool(facts["urgent"])), CHIEF))


def _sees_all(reading: Reader, held: Row) -> bool:
    oversees = held["division_code"].startswith(reading.prefixes)
    return oversees or reading.is_chief_of(held["studio"], held["division_code"])


def _candidates(row: Row) -> list[Candidate]:
    return msgspec.json.decode(row["candidates"], type=list[Candidate])


async def _names(person_ids: set[UUID]) -> dict[UUID, str]:
    return {row["id"]: row["name"] for row in await expert_queries.experts(person_ids)} if person_ids else {}


def _record(row: Row, candidates: list[Candidate], names: Mapping[UUID, str], only: UUID | None) -> RoutingRecord:
    shown = [each for each in candidates if only in (None, each.expert)]
    return RoutingRecord(
        id=row["id"],
        at=row["at"],
        decision=row["decision"],
        words=say(DECISIONS[row["decision"]]),
        considered=row["considered"],
        chosen_id=row["chosen"] if only in (None, row["chosen"]) else None,
        candidates=[_candidate(each, names) for each in shown],
        policy_from=row["policy_from"],
        policy_source=routing_policy_from(row["policy_from"]).source,
    )


def _candidate(candidate: Candidate, names: Mapping[UUID, str]) -> CandidateShown:
    parts = [_part(name, candidate.parts[name]) for name in PARTS if name in candidate.parts]
    return CandidateShown(
        expert_id=candidate.expert,
        expert_name=names.get(candidate.expert, ""),
        score=candidate.score,
        full=candidate.full,
        parts=parts,
    )


def _part(name: str, part: Part) -> PartShown:
    points = round(part.value * part.weight, 2)
    return PartShown(name=name, value=part.value, weight=part.weight, points=points, words=words_of(name, part.facts))
