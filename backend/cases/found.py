"""Cases that a room above finds in its own records: needs told at a visit. Many in a handful of statements.

The caller has checked the place and who writes, and holds the transaction. Nobody was there to be told a secret: who
asks for a receipt later is given one by `receipts.recover`. Nothing is dispatched by a rule either: whoever found the
need does what he can himself, and passes on the rest.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct

from backend.cases import clocks, entries, lookups, queries, storing, timeline
from backend.cases.chain import START, Line
from backend.cases.clocks import NewClocks
from backend.cases.holding import Held
from backend.cases.pairs import LOOK
from backend.cases.reference import Categories, categories
from backend.cases.schemas import CategoryRecord, NewCase
from backend.cases.steps import Decided, take
from backend.cases.words import Channel
from backend.core import creates
from backend.core.jobs import enqueue_many
from backend.deadlines.clocks import reassign_clock
from backend.people.actors import Actor

TITLE_LENGTH = 40
PLAIN_POLICY = "general"


class FoundCase(Struct, frozen=True, kw_only=True):
    """What was found, and the record that it was found in. `opened_at`: when it was said."""

    id: UUID
    category_code: str
    description: str
    division_id: UUID
    division_code: str
    household_id: UUID | None
    origin_room: str
    origin_id: UUID
    opened_at: datetime
    channel: Channel = Channel.VISIT


async def open_found(found: Sequence[FoundCase], *, by: Actor, door: str, received_at: datetime) -> None:
    """Open them all, inside the caller's transaction. asyncpg's UniqueViolationError where an id is taken."""
    if not found:
        return
    known = await categories()
    numbering = await lookups.number(len(found), division_codes=[each.division_code for each in found])
    rows, lines = [], []
    for each, sequence in zip(found, numbering.sequences, strict=True):
        row, line = _opened(each, sequence, known, by=by, door=door, received_at=received_at)
        rows.append(row)
        lines.append(line)
    await storing.open_many(rows, lines)
    await clocks.start_many([_clocks(row, numbering.receiving[row["division_code"]]) for row in rows], by=by)
    await enqueue_many(LOOK, [each.id for each in found])


async def move_found(
    *,
    origin_room: str,
    origin_id: UUID,
    id: UUID,
    division_id: UUID,
    division_code: str,
    household_id: UUID | None,
    by: Actor,
) -> None:
    """The record that they were found in was put right: its cases go with it to the right household and place.

    id   of the correction: each case's line has an id that follows from it
    """

    async def decide(_: Held) -> Decided:
        return Decided(changes={"household": household_id, "division": division_id, "division_code": division_code})

    for case in await queries.of_origin(origin_room, origin_id):
        if (case["household"], case["division_code"]) == (household_id, division_code):
            continue
        said = {"division_code": division_code, "household_id": household_id}
        step_id = uuid5(id, str(case["id"]))
        await take("place_corrected", case_id=case["id"], id=step_id, by=by, said=said, decide=decide, by_rule=True)
        for clock in await clocks.of_case(case["id"]):
            await reassign_clock(clock_id=clock.id, unit_id=clock.unit_id, division_code=division_code, by=by)


def title_of(description: str) -> str:
    """What a list calls a case that has no title: how its first line begins.

    >>> title_of("修村口两盏路灯\\n晚上不好走")
    '修村口两盏路灯'
    """
    first = description.strip().splitlines()[0].strip()
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"


def category_of(code: str, known: Categories) -> CategoryRecord:
    """The category, with the policy of the nearest one above it that is known: the room above may divide finer."""
    above = [code]
    while "." in above[-1]:
        above.append(above[-1].rpartition(".")[0])
    policy = next((policy for each in above if (policy := known.policy_of(each))), PLAIN_POLICY)
    return CategoryRecord(code=code, parent_code=None, name_zh=code, name_en=code, policy_code=policy, source="")


def _opened(
    found: FoundCase, sequence: int, known: Categories, *, by: Actor, door: str, received_at: datetime
) -> tuple[dict[str, Any], Line]:
    new = NewCase(
        id=found.id,
        channel=found.channel,
        category_code=found.category_code,
        title=title_of(found.description),
        description=found.description,
        division_code=found.division_code,
        household_id=found.household_id,
        opened_at=found.opened_at,
        origin_room=found.origin_room,
        origin_id=found.origin_id,
    )
    place = lookups.Found(
        stored_digest=None,
        sequence=sequence,
        household_id=found.household_id,
        division_id=found.division_id,
        division_code=found.division_code,
        owner_unit=entries.unit_of(by, found.division_code),
    )
    row = entries.columns_of(new, category_of(found.category_code, known), place, by, received_at)
    row |= {"id": found.id, "arguments_digest": creates.digest(entries.told(new, by))}
    [line] = timeline.chain_on(
        (0, START),
        [entries.first_line(new, door)],
        case_id=found.id,
        by=by.person_id,
        by_unit=row["owner_unit"],
        at=received_at,
    )
    return row, line


def _clocks(row: dict[str, Any], receiving_unit: UUID | None) -> NewClocks:
    return NewClocks(
        case_id=row["id"],
        number=row["number"],
        unit_id=row["owner_unit"] or receiving_unit,
        division_code=row["division_code"],
        policy_code=row["policy_code"],
        opened_at=row["opened_at"],
        upstream_due_at=None,
    )
