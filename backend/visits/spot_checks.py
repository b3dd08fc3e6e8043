"""Spot checks: a random sample of visits that anybody can draw again, what was found, and how sure that makes us.

population   face-to-face visits of a division in a span, received before the draw, without the drawer's own
draw         the population in the order of sha256(seed || id), both as text (`printf '%s%s' SEED ID | sha256sum`);
             the first `size` of it are the sample
rate         confirmed out of those reached, with its 95 % interval; who could not be reached is told beside it
"""

import secrets
from datetime import UTC, datetime
from math import sqrt
from uuid import UUID

import msgspec

from backend.core.clock import now
from backend.core.creates import Outcome, digest, same
from backend.core.database import transaction
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import DifferentArguments, Forbidden, Refusal, Unknown
from backend.core.words import Term
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role
from backend.visits import spot_check_queries as queries
from backend.visits.spot_check_schemas import (
    SEED_BELOW,
    Estimate,
    FindingKind,
    SpotCheckItemRecord,
    SpotCheckRecord,
    SpotCheckSummary,
)
from backend.visits.visibility import check_span, overseen

CHECKERS = frozenset({Role.SUPERVISOR, Role.AUDITOR})


class SpotCheckUnknown(Unknown):
    """No such spot check, or none that this person may see."""

    code, title = "visits/spot-check-unknown", "No such spot check"


class NothingToDraw(Refusal):
    """The population is empty, so there is no sample; nothing was stored."""

    status, code, title = 409, "visits/nothing-to-draw", "There is no visit to draw from"


class FindingStands(Refusal):
    """Confirmed or not confirmed is final; only `unreachable` is tried again."""

    status, code, title = 409, "visits/finding-stands", "There is a finding already"


class OwnVisit(Forbidden):
    """Nobody checks himself."""

    code, title = "visits/own-visit", "Your own visit"


@transaction
async def draw_spot_check(
    *,
    id: UUID,
    division_code: str,
    occurred_from: datetime,
    occurred_to: datetime,
    size: int,
    by: Actor,
    seed: int | None = None,
) -> Outcome[SpotCheckRecord]:
    """Draw a sample of the division's visits. The same id with the same arguments is the same draw.

    by   a supervisor or auditor of the whole division; his own visits are not in the population

    Raises Forbidden, AnotherTerritory (403), DivisionUnknown (404), Invalid (400), NothingToDraw,
    DifferentArguments (409).
    """
    prefixes = await overseen(division_code, by=by, roles=CHECKERS)
    check_span(occurred_from, occurred_to)
    span = (occurred_from.astimezone(UTC), occurred_to.astimezone(UTC))
    asked = [division_code, *span, size, seed, by.person_id]
    draw = queries.Draw(
        id=id,
        by=by.person_id,
        at=now(),
        seed=secrets.randbelow(SEED_BELOW) if seed is None else seed,
        division_code=division_code,
        occurred_from=span[0],
        occurred_to=span[1],
        size=size,
        arguments_digest=digest(asked),
    )
    drawn = await queries.draw(draw, prefixes)
    await _check_drawn(id, asked)
    return Outcome(await get_spot_check(spot_check_id=id, by=by), created=drawn)


async def _check_drawn(id: UUID, asked: object) -> None:
    stored = await queries.arguments_digest(id)
    if stored is None:
        raise NothingToDraw("No visit of this division and span was received so far, other than your own.")
    if not same(stored, asked):
        raise DifferentArguments("Spot check {id} was drawn with other arguments; it stays as it is.", id=id)


async def get_spot_check(*, spot_check_id: UUID, by: Actor) -> SpotCheckRecord:
    """A draw that `by` made, or of a division he oversees. Raises SpotCheckUnknown (404)."""
    found = await queries.summaries(visible_to(by), limit=1, id=spot_check_id)
    if not found:
        raise SpotCheckUnknown("There is no spot check {id} among those you may see.", id=spot_check_id)
    items = [msgspec.convert(dict(row), SpotCheckItemRecord) for row in await queries.items(spot_check_id)]
    return SpotCheckRecord(**msgspec.structs.asdict(_summary(found[0])), items=items)


async def list_spot_checks(*, by: Actor, limit: int = 50, cursor: str | None = None) -> Page[SpotCheckSummary]:
    """Draws that `by` made or oversees, the newest first."""
    rows = await queries.summaries(visible_to(by), limit=limit + 1, after=position(cursor))
    return page([_summary(row) for row in rows], limit, lambda check: Position(check.drawn_at, check.id))


@transaction
async def record_finding(
    *, spot_check_id: UUID, item_id: UUID, finding: FindingKind, by: Actor, remark: str | None = None
) -> SpotCheckItemRecord:
    """Write down what was found; said again, nothing changes.

    Raises SpotCheckUnknown (404), Forbidden, AnotherTerritory, OwnVisit (403), FindingStands (409).
    """
    check = await get_spot_check(spot_check_id=spot_check_id, by=by)
    await overseen(check.division_code, by=by, roles=CHECKERS)
    await queries.lock_item(item_id)
    item = await _item(spot_check_id, item_id)
    if item.recorded_by == by.person_id:
        raise OwnVisit("You recorded this visit yourself; somebody else has to check it.")
    remark = (remark or "").strip() or None
    if (item.finding, item.remark) == (finding, remark):
        return item
    if item.finding not in (None, FindingKind.UNREACHABLE):
        raise FindingStands(
            "The finding is {finding}; only an unreachable one is tried again.", finding=WORDS[item.finding]
        )
    await queries.write_finding(item_id, finding=finding, remark=remark, by=by.person_id, at=now())
    return await _item(spot_check_id, item_id)


async def _item(spot_check_id: UUID, item_id: UUID) -> SpotCheckItemRecord:
    rows = await queries.items(spot_check_id, item_id=item_id)
    if not rows:
        raise SpotCheckUnknown("Spot check {id} has no item {item_id}.", id=spot_check_id, item_id=item_id)
    return msgspec.convert(dict(rows[0]), SpotCheckItemRecord)


WORDS = {
    FindingKind.CONFIRMED: Term("confirmed"),
    FindingKind.NOT_CONFIRMED: Term("not_confirmed"),
    FindingKind.UNREACHABLE: Term("unreachable"),
}


def _summary(row: queries.Row) -> SpotCheckSummary:
    reached = row["confirmed"] + row["not_confirmed"]
    return msgspec.convert(dict(row) | {"confirmed_rate": wilson(row["confirmed"], reached)}, SpotCheckSummary)


Z_95 = 1.959964


def wilson(hits: int, n: int) -> Estimate | None:
    """The share and its 95 % interval after E. B. Wilson (1927), which stays honest for small n and near 0 and 1.

    Zhucheng asked 8,720 households by telephone and 98.2 % were satisfied:

    >>> wilson(8563, 8720)
    Estimate(n=8720, share=0.982, low=0.979, high=0.9846)
    >>> wilson(5, 5)
    Estimate(n=5, share=1.0, low=0.5655, high=1.0)
    """
    if n == 0:
        return None
    share, z2 = hits / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = Z_95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Estimate(n, round(share, 4), round(max(0.0, middle - reach), 4), round(min(1.0, middle + reach), 4))
