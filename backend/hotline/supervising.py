"""What a supervisor follows: emergencies, what came up again, complaints about conduct, and whoever is not satisfied.

Such a callback waits for him from when it is opened, and again once somebody was rung and is dissatisfied or could not
be reached. He says what he did; the case keeps it as a remark for staff, and nothing waits for him any more.
"""

from typing import Any
from uuid import UUID

import msgspec

from backend.cases import clocks, steps
from backend.core import paging
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Page, Position
from backend.hotline import supervising_queries as queries
from backend.hotline.callback_opening import ROOM
from backend.hotline.callback_queries import Row
from backend.hotline.callback_refusals import NotFollowed, NotYourFollowUp
from backend.hotline.callbacks import record, seen
from backend.hotline.supervising_schemas import FollowUpRecord, NewFollowUp, SupervisedCallback
from backend.people.actors import OVERSEERS, Actor, visible_to
from backend.people.tables import Role
from backend.tasks import actions as tasks
from backend.tasks.tables import TaskKind

FOLLOWERS = (Role.SUPERVISOR, Role.ADMIN)


@transaction
async def follow_up_callback(
    *, callback_id: UUID, id: UUID, new: NewFollowUp, by: Actor
) -> Outcome[SupervisedCallback]:
    """What a supervisor of the place did about it. The same again is the same; later ones are further remarks.

    Raises CallbackUnknown (404), NotYourFollowUp (403), NotFollowed, DifferentArguments, StepNotOpen (409).
    """
    row = await seen(callback_id, by=by, lock=True)
    if not may_follow_up(row["division_code"], by):
        raise NotYourFollowUp("This is for a supervisor or an administrator of the place.")
    if row["supervised"] is None:
        raise NotFollowed("Nobody has to follow this callback: it is neither supervised, nor was he dissatisfied.")
    said = {"remark": new.note.strip(), "callback_id": str(callback_id)}
    taken = await steps.take("noted", case_id=row["case_id"], id=id, by=by, said=said, by_rule=True)
    if taken.new:
        await tasks.settle(origin_room=ROOM, origin_id=callback_id, kind=TaskKind.OTHER, by=by)
    (one,) = await _told([row])
    return Outcome(one, created=taken.new)


def may_follow_up(division_code: str, by: Actor) -> bool:
    """Whether he follows what happens there."""
    return visible_to(by, roles=FOLLOWERS).covers(division_code)


async def list_supervised(
    *, by: Actor, waiting: bool = True, limit: int = 50, cursor: str | None = None
) -> Page[SupervisedCallback]:
    """Of a territory that one oversees: what waits for a supervisor, the longest first; or all, the newest first."""
    clause, values = visible_to(by, roles=OVERSEERS).clause("b.division_code", 1)
    listed = queries.waiting if waiting else queries.newest
    rows = await listed(clause, values, limit=limit, after=paging.position(cursor))
    items = await _told(rows)
    return paging.page(items, limit, lambda each: Position(each.callback.opened_at, each.callback.id))


async def get_supervised(*, callback_id: UUID, by: Actor) -> SupervisedCallback:
    """One. Raises CallbackUnknown (404)."""
    (one,) = await _told([await seen(callback_id, by=by)])
    return one


async def _told(rows: Any) -> list[SupervisedCallback]:
    """With the case as it stands now, and what was done about each."""
    cases = [row["case_id"] for row in rows if row["case_id"] is not None]
    standing = await queries.cases(cases)
    running = await clocks.of_cases(cases)
    done = await queries.follow_ups(cases)
    return [
        _one(
            row,
            standing.get(row["case_id"], {}),
            [each for each in done if each["callback_id"] == row["id"]],
            running.get(row["case_id"], []),
        )
        for row in rows
    ]


def _one(row: Row, case: Row, done: list[Row], running: list[Any]) -> SupervisedCallback:
    last = max((each["at"] for each in done), default=None)
    return SupervisedCallback(
        callback=record(row),
        case_state=case.get("state"),
        case_unit=case.get("unit_name"),
        case_assignee=case.get("assignee_name"),
        clocks=running,
        follow_ups=[
            msgspec.convert({n: each[n] for n in FollowUpRecord.__struct_fields__}, FollowUpRecord) for each in done
        ],
        waits=_open_ended(row) and (last is None or last < (row["closed_at"] or row["opened_at"])),
    )


def _open_ended(row: Row) -> bool:
    return row["state"] in ("open", "unreachable") or row["satisfaction"] == "dissatisfied"
