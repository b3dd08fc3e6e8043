"""A verdict for every row of a roster, before any of them is stored."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from backend.core.refusals import FieldError
from backend.core.words import say
from backend.rosters import publish_queries
from backend.rosters.publish_queries import Row
from backend.rosters.refusals import RosterRefused
from backend.rosters.roster_schemas import NewRoster, RowVerdict
from backend.rosters.rules import overlaps, span_text

LONGEST_SHIFT_H = 72
"""As the constraint `no_shift_over_72_hours` says."""


async def judged(rows: Sequence[Row], new: NewRoster) -> list[RowVerdict]:
    """A verdict for each row. Raises RosterRefused (409) with all of them when one is refused."""
    known = await publish_queries.look(rows, new.unit_id, new.post)
    twice = _twice(rows, known)
    problems = [
        None if facts["same"] else _shape(row, new) or twice.get(i) or _fault(facts)
        for i, (row, facts) in enumerate(zip(rows, known, strict=True))
    ]
    if any(problems):
        raise _refused(rows, known, problems)
    return [
        RowVerdict(index=i, id=row.id, outcome="duplicate" if facts["same"] else "stored")
        for i, (row, facts) in enumerate(zip(rows, known, strict=True))
    ]


def _shape(row: Row, new: NewRoster) -> FieldError | None:
    if row.ends_at <= row.starts_at:
        return FieldError(pointer="", detail="The end has to be later than the beginning.")
    if (row.ends_at - row.starts_at).total_seconds() > LONGEST_SHIFT_H * 3600:
        return FieldError(pointer="", detail="A shift has at most {limit_h} hours.", facts={"limit_h": LONGEST_SHIFT_H})
    if row.starts_at < new.starts_at or row.ends_at > new.ends_at:
        return FieldError(
            pointer="",
            detail="This lies outside the roster, which is {span}.",
            facts={"span": span_text(new.starts_at, new.ends_at)},
        )
    return None


def _fault(facts: Mapping[str, Any]) -> FieldError | None:
    if facts["same"] is False:
        return FieldError(pointer="", detail="This id stands for another shift.")
    if not facts["of_the_unit"]:
        return FieldError(pointer="", detail="This person has no role in the unit on that day.")
    if facts["away"]:
        return FieldError(pointer="", detail="This person is on leave then.")
    if facts["busy_from"]:
        return FieldError(
            pointer="",
            detail="This person is on a shift then: {span}.",
            facts={"span": span_text(facts["busy_from"], facts["busy_to"])},
        )
    if facts["taken_from"] and not facts["shared"]:
        return FieldError(
            pointer="",
            detail="Somebody holds the post then: {span}.",
            facts={"span": span_text(facts["taken_from"], facts["taken_to"])},
        )
    return None


def _twice(rows: Sequence[Row], known: Sequence[Mapping[str, Any]]) -> dict[int, FieldError]:
    """Rows of this roster that stand in each other's way."""
    found: dict[int, FieldError] = {}
    alone = [i for i, facts in enumerate(known) if not facts["shared"]]
    for i in overlaps([(rows[i].starts_at, rows[i].ends_at) for i in alone]):
        found[alone[i]] = FieldError(pointer="", detail="Another row of this roster holds the post then.")
    for person_id in {row.person_id for row in rows}:
        own = [i for i, row in enumerate(rows) if row.person_id == person_id]
        for i in overlaps([(rows[i].starts_at, rows[i].ends_at) for i in own]):
            found[own[i]] = FieldError(pointer="", detail="Another row of this roster has the same person then.")
    return found


def _refused(
    rows: Sequence[Row], known: Sequence[Mapping[str, Any]], problems: Sequence[FieldError | None]
) -> RosterRefused:
    fits = ["duplicate" if facts["same"] else "held" for facts in known]
    verdicts = [
        RowVerdict(
            index=i,
            id=row.id,
            outcome="refused" if problem else fits[i],
            problem=say(problem.detail, **problem.facts) if problem else None,
        )
        for i, (row, problem) in enumerate(zip(rows, problems, strict=True))
    ]
    wrong = [msgspec.structs.replace(problem, pointer=f"/shifts/{i}") for i, problem in enumerate(problems) if problem]
    return RosterRefused(
        "{refused} of {n} rows do not fit; nothing was stored. Put them right and send the roster again.",
        errors=wrong,
        refused=len(wrong),
        n=len(rows),
        stored=0,
        rows=verdicts,
    )
