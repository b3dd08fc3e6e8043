"""A burst of a season: experts with their fields, and requests that come all at once. Made set-wise, for benches too.

The same seed gives the same county: seventy experts, most for three to five crops, thirty of them local ones for a few
townships, a few for every crop; more than half of the requests are about one crop.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from backend.core import ids
from backend.core.database import fetch

CROPS = ("maize", "wheat", "tomato", "cucumber", "pepper", "cotton", "apple", "peanut")
SEASON = (55, 10, 10, 8, 5, 4, 4, 4)
"""Of a hundred requests, so many about each crop."""

ABLE = (4, 5, 6, 8, 10, 12)
TOWNSHIPS = tuple(f"371526{number:03d}" for number in range(101, 113))
ALL_DAY = "00:00-24:00"


@dataclass(frozen=True)
class Made:
    """One expert: `prefixes` are where he answers, `crops` None: all."""

    id: UUID
    able_per_day: int
    crops: tuple[str, ...] | None
    prefixes: tuple[str, ...]
    local: bool

    def answers(self, crop: str, code: str) -> bool:
        """Whether he is able for a crop in a place."""
        return (self.crops is None or crop in self.crops) and code.startswith(self.prefixes)


@dataclass
class Burst:
    """The experts and the requests, as (id, crop, division code)."""

    experts: list[Made]
    requests: list[tuple[UUID, str, str]] = field(default_factory=list)

    def due(self) -> dict[UUID, float]:
        """Whose turn the requests were: each as much as he is able for, of all who are able for it."""
        turns = {each.id: 0.0 for each in self.experts}
        for _, crop, code in self.requests:
            able = [each for each in self.experts if each.answers(crop, code)]
            total = sum(each.able_per_day for each in able)
            for each in able:
                turns[each.id] += each.able_per_day / total
        return turns


async def burst(
    *, studio: UUID, division_id: UUID, experts: int, requests: int, at: datetime, seed: int = 7, first_number: int = 0
) -> Burst:
    """Make them: accounts with the role and a profile, and cases that were sent to the studio."""
    dice = random.Random(seed)
    made = Burst([_expert(dice, number, experts) for number in range(experts)])
    await _write_experts(made.experts, studio, division_id, at)
    made.requests = await more(
        dice, studio=studio, division_id=division_id, requests=requests, at=at, first_number=first_number
    )
    return made


def _expert(dice: random.Random, number: int, of: int) -> Made:
    local = number < of * 3 // 7
    crops = None if number % 10 == 9 else tuple(dice.sample(CROPS, dice.choice((3, 4, 5))))
    prefixes = tuple(dice.sample(TOWNSHIPS, dice.choice((3, 4)))) if local else ("371526",)
    return Made(ids.uuid7(), dice.choice(ABLE), crops, prefixes, local)


async def _write_experts(experts: Sequence[Made], studio: UUID, division_id: UUID, at: datetime) -> None:
    rows = [
        {
            "id": each.id,
            "name": f"专家{number:03d}",
            "phone": f"burst {number}",
            "tier": "local" if each.local else "expert",
            "able": each.able_per_day,
        }
        for number, each in enumerate(experts)
    ]
    fields = [
        {"expert": each.id, "crop": crop, "prefix": prefix}
        for each in experts
        for crop in each.crops or (None,)
        for prefix in each.prefixes
    ]
    await fetch(_EXPERTS, _json(rows), studio, division_id, at, ALL_DAY)
    await fetch(
        "INSERT INTO diagnosis_competence (id, expert, crop, prefix) SELECT gen_random_uuid(), expert, crop, prefix "
        "FROM json_to_recordset($1::json) AS f (expert uuid, crop text, prefix text)",
        _json(fields),
    )


async def more(
    dice: random.Random, *, studio: UUID, division_id: UUID, requests: int, at: datetime, first_number: int = 0
) -> list[tuple[UUID, str, str]]:
    """Requests that wait to be routed."""
    asked = [(ids.uuid7(at), dice.choices(CROPS, SEASON)[0], f"{dice.choice(TOWNSHIPS)}335") for _ in range(requests)]
    rows = [
        {"id": id, "number": f"{first_number + number:012d}", "crop": crop, "code": code}
        for number, (id, crop, code) in enumerate(asked)
    ]
    await fetch(_REQUESTS, _json(rows), studio, division_id, at)
    return asked


def _json(rows: object) -> str:
    return msgspec.json.encode(rows).decode()


_EXPERTS = """
WITH rows AS (SELECT * FROM json_to_recordset($1::json) AS r (id uuid, name text, phone text, tier text, able int)),
accounts AS (
    INSERT INTO people_person (id, name, phone_sealed, phone_index, language, session_epoch, created_at,
                               arguments_digest)
    SELECT id, name, '', convert_to(phone, 'UTF8'), 'zh', 0, $4, '' FROM rows
), roles AS (
    INSERT INTO people_role_assignment (id, person, role, division, unit, valid_from)
    SELECT gen_random_uuid(), id, 'expert', $3, $2, '2026-01-01' FROM rows
)
INSERT INTO diagnosis_expert (id, unit, tier, title_zh, staffed, weekdays, able_per_day, valid_from, set_at)
SELECT id, $2, tier, '农艺师', $5, '{1,2,3,4,5,6,7}', able, '2026-01-01', $4 FROM rows
"""

_REQUESTS = """
WITH rows AS (SELECT * FROM json_to_recordset($1::json) AS r (id uuid, number text, crop text, code text)),
cases AS (
    INSERT INTO cases_case (id, number, channel, kind, category_code, title, description, division, division_code,
        state, state_since, policy_code, owner_unit, assignee_unit, hops, loop, reopened_n, opened_at, received_at,
        entered_late, version, coarse, arguments_digest)
    SELECT id, number, 'phone', 'diagnosis', 'production.crop_disease', '玉米叶子发黄', '', $3, code, 'dispatched', $4,
           'diagnosis', $2, $2, 0, 1, 0, $4, $4, FALSE, 1, FALSE, ''
    FROM rows
)
INSERT INTO diagnosis_request (id, studio, crop, topic, growth_stage, organ, photos_expected, no_better_photo,
    wants_call, learning, division_code, asked_at, arguments_digest, state, state_since, route_after, offers_n)
SELECT id, $2, crop, 'unsure', 'unsure', 'unsure', 0, FALSE, FALSE, FALSE, code, $4, '', 'routing', $4, $4, 0 FROM rows
"""
