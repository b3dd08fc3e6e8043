"""Two cases that look like one (near in place, time and words) are proposed when one is opened; a person decides.

The same matter that had ended and came again marks the new case as a repeat. The mark is about the matter, it expires,
and no person is counted by it: who asked is not looked at.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from backend.cases import merging, pair_queries, records
from backend.cases.holding import hold
from backend.cases.likeness import likeness_to, near_bonus
from backend.cases.loop_policies import PairPolicy, pair_policy
from backend.cases.loop_refusals import PairDecided, PairUnknown
from backend.cases.pair_queries import Row
from backend.cases.pair_schemas import PairRecord, PairSide, RepeatRecord
from backend.cases.rules import Whose
from backend.cases.step_rights import check_whose
from backend.cases.visibility import sight
from backend.core import clock
from backend.core.clock import local
from backend.core.database import transaction
from backend.core.jobs import job
from backend.core.paging import Page, Position, page, position
from backend.people.actors import Actor
from backend.territory.coordinates import distance_m

LOOK = "cases/look-for-pairs"
METRES_PER_DEGREE = 110_000
HIGHEST = 100
COMPARED = 400
"""Characters of title and description: what a matter is stands at the beginning."""


class Alike(Struct, frozen=True):
    """A case that looks like another."""

    row: Row
    percent: int
    distance_m: int | None


@job(LOOK)
async def look_for_pairs(case_id: UUID) -> None:
    """After a case was opened: propose pairs with open cases, mark a repeat of an ended one. Twice is harmless.

    At most `look_at` cases of the village, and as many around the point, are read, however many there are.
    """
    case = await pair_queries.case(case_id)
    if case is None or case["state"] in ("merged", "withdrawn"):
        return
    policy, at = pair_policy(local(case["received_at"]).date()), clock.now()
    since = case["received_at"] - max(policy.look_back, policy.repeat_within)
    reach = policy.near_m / METRES_PER_DEGREE / max(cos(radians(case["latitude"] or 0)), 0.01)
    near = await pair_queries.near(case, since=since, limit=policy.look_at, reach_degrees=reach)
    found = list(alike(case, near, policy))
    both_open = [
        each
        for each in found
        if {case["closed_at"], each.row["closed_at"]} == {None} and _apart(case, each.row) <= policy.look_back
    ]
    likest = sorted(both_open, key=lambda each: each.percent, reverse=True)[: policy.propose]
    if likest:
        await pair_queries.propose([_pair(case, each) for each in likest], at=at)
    await _mark_repeat(case, found, policy, at)


def _apart(one: Row, other: Row) -> timedelta:
    return abs(one["received_at"] - other["received_at"])


def _pair(case: Row, found: Alike) -> dict[str, Any]:
    """A pair is the same from both sides: two cases opened at once look for each other."""
    older, newer = sorted((case, found.row), key=lambda row: (row["received_at"], row["id"]))
    id = uuid5(newer["id"], f"pair {older['id']}")
    facts = {"distance_m": found.distance_m, "likeness": found.percent}
    return {"id": id, "older": older["id"], "newer": newer["id"], **facts}


async def _mark_repeat(case: Row, found: list[Alike], policy: PairPolicy, at: datetime) -> None:
    ended = [each for each in found if _ended_within(each.row, case["received_at"], policy.repeat_within)]
    if not ended:
        return
    best = max(ended, key=lambda each: (each.percent, each.row["received_at"]))
    await pair_queries.mark_repeat(
        uuid5(case["id"], "repeat"),
        case_id=case["id"],
        earlier=best.row["id"],
        likeness=best.percent,
        at=at,
        expires_at=case["received_at"] + policy.repeat_kept,
    )


def _ended_within(row: Row, moment: datetime, span: timedelta) -> bool:
    if row["state"] in ("merged", "withdrawn") or row["closed_at"] is None:
        return False
    return moment - span <= row["closed_at"] <= moment


def alike(case: Row, others: Iterable[Row], policy: PairPolicy) -> Iterator[Alike]:
    """Those of the same family of topics, not in another place, whose words and nearness reach the policy's percent."""
    of_family, like = family(case["category_code"]), likeness_to(_words(case))
    for row in others:
        if family(row["category_code"]) != of_family:
            continue
        metres = _metres(case, row)
        bonus = near_bonus(metres, near_m=policy.near_m, bonus=policy.near_bonus)
        if bonus is None or (metres is None and row["division_code"][:12] != case["division_code"][:12]):
            continue
        percent = min(HIGHEST, like(_words(row)) + bonus)
        if percent >= policy.least_likeness:
            yield Alike(row, percent, None if metres is None else round(metres))


def family(category_code: str) -> str:
    """The top category that a code lies under.

    >>> family("planning_construction.water")
    'planning_construction'
    """
    return category_code.partition(".")[0]


def _metres(one: Row, other: Row) -> float | None:
    if one["longitude"] is None or other["longitude"] is None:
        return None
    return distance_m((one["longitude"], one["latitude"]), (other["longitude"], other["latitude"]))


def _words(row: Row) -> str:
    return f"{row['title']} {row['description']}"[:COMPARED]


async def list_pairs(*, by: Actor, limit: int = 50, cursor: str | None = None) -> Page[PairRecord]:
    """Pairs that wait for a decision and of which `by` sees the newer, the latest first."""
    rows = await pair_queries.pairs(by, limit=limit + 1, after=position(cursor))
    return page([_record(row) for row in rows], limit, lambda pair: Position(pair.proposed_at, pair.id))


async def pairs_of(*, case_id: UUID, by: Actor) -> list[PairRecord]:
    """The undecided pairs of one case. Raises CaseUnknown (404)."""
    await records.get_case(case_id=case_id, by=by)
    return [_record(row) for row in await pair_queries.pairs_of(case_id)]


@transaction
async def decide_pair(*, pair_id: UUID, same: bool, reason: str, by: Actor) -> PairRecord:
    """Say whether two cases are one. The same: the newer merges into the older. Not the same: never proposed again.

    by   who may merge the newer: the desk of the place

    Raises ReasonNeeded (400), NotYourStep (403), PairUnknown (404), PairDecided, CannotMerge, StepNotOpen (409).
    """
    row = await _held(pair_id, by=by)
    if row["decided_at"] is not None:
        if row["same"] != same:
            detail = "Somebody decided otherwise on {at}. A supervisor can part what was merged."
            raise PairDecided(detail, at=row["decided_at"])
        return await _read(pair_id)
    await pair_queries.decide(pair_id, same=same, by=by.person_id, at=clock.now())
    if same:
        id = uuid5(pair_id, "merged")
        await merging.merge(case_id=row["newer"], into_case_id=row["older"], id=id, reason=reason, by=by)
    return await _read(pair_id)


async def _held(pair_id: UUID, *, by: Actor) -> Row:
    """The pair, held after its cases, in the order in which merging by hand holds them."""
    sides = await pair_queries.pair(pair_id)
    if sides is None:
        raise _unknown(pair_id)
    await merging.lock_both(sides["o_id"], sides["c_id"])
    newer = await hold(sides["c_id"])
    if not sight(by).sees(newer):
        raise _unknown(pair_id)
    check_whose(Whose.DESK, newer, by)
    return await pair_queries.locked(pair_id) or {}


async def repeat_of(*, case_id: UUID, by: Actor) -> RepeatRecord | None:
    """The earlier case that this one repeats, while the mark counts. Raises CaseUnknown (404)."""
    await records.get_case(case_id=case_id, by=by)
    row = await pair_queries.repeat(case_id, clock.now())
    return msgspec.convert(dict(row), RepeatRecord) if row else None


async def _read(pair_id: UUID) -> PairRecord:
    row = await pair_queries.pair(pair_id)
    if row is None:
        raise _unknown(pair_id)
    return _record(row)


def _record(row: Row) -> PairRecord:
    return PairRecord(
        id=row["id"],
        older=PairSide(row["o_id"], row["o_number"], row["o_title"], row["o_state"]),
        newer=PairSide(row["c_id"], row["c_number"], row["c_title"], row["c_state"]),
        distance_m=row["distance_m"],
        likeness=row["likeness"],
        proposed_at=row["proposed_at"],
        decided_at=row["decided_at"],
        same=row["same"],
    )


def _unknown(pair_id: UUID) -> PairUnknown:
    return PairUnknown("There is no pair {id} that you may see.", id=str(pair_id))
