"""Who saw it: by division, with groups' head-counts and the doors to knock on."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from backend.alerts import reach_queries as queries
from backend.alerts import visibility
from backend.alerts.following_on import told_prefixes
from backend.alerts.lists import seen_alert
from backend.alerts.queries import Row
from backend.alerts.reach_keeping import FORGOTTEN_AFTER
from backend.alerts.reach_schemas import AlertReach, DivisionReach, ReachCounts
from backend.alerts.refusals import NotSent, OutsideTerritory, ReachForgotten
from backend.core import clock
from backend.people.actors import Actor
from backend.push.campaign_schemas import Unreached
from backend.push.unreached import unreached_under
from backend.territory import queries as territory
from backend.territory.tables import Level

TOWNSHIP_DIGITS, VILLAGE_DIGITS = 9, 12
_COUNTS = ReachCounts.__struct_fields__


async def get_alert_reach(*, alert_id: UUID, division_code: str | None = None, by: Actor) -> AlertReach:
    """How far a published warning came, by township; by village below a township (or village) asked for.

    by   a desk of the warning's territory; one of a part of it gets that part

    Raises AlertUnknown, DivisionUnknown (404), NotSent (409) of a draft, Forbidden, OutsideTerritory (403),
    ReachForgotten (410) where push has forgotten whom it told and no count was kept.
    """
    row = await seen_alert(alert_id, by)
    parts = await visibility.overseen(await told_prefixes(row), by)
    if row["notice_id"] is None:
        raise NotSent("It has not gone out. Reach is counted once it is approved.")
    asked, length = await _within(division_code)
    under = _narrowed(parts, asked)
    kept_at = await queries.kept_at(alert_id)
    if kept_at is None and row["sent_at"] <= clock.now() - FORGOTTEN_AFTER:
        raise ReachForgotten("After 90 days it is forgotten whom it told, and no count of it was kept.")
    if kept_at is not None:
        return _kept(row, await queries.kept(alert_id, length=length, under=under), parts, kept_at)
    people = await queries.people(row["notice_id"], length=length, under=under)
    groups = await queries.groups(row["notice_id"], length=length, under=under)
    unreached = await unreached_under(notice_id=row["notice_id"], prefixes=under)
    return _reach(row, [*people, *groups], unreached, parts, None)


async def _within(division_code: str | None) -> tuple[str | None, int]:
    """The prefix asked for, and to how many digits places are told apart."""
    if division_code is None:
        return None, TOWNSHIP_DIGITS
    division = await territory.division(code=division_code)
    below_township = division.level not in (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY)
    return division.prefix, VILLAGE_DIGITS if below_township else TOWNSHIP_DIGITS


def _narrowed(parts: Sequence[str] | None, asked: str | None) -> Sequence[str] | None:
    """What he oversees of what he asks for. Raises OutsideTerritory (403)."""
    if asked is None or parts is None:
        return parts if asked is None else [asked]
    both = [max(part, asked, key=len) for part in parts if part.startswith(asked) or asked.startswith(part)]
    if not both:
        raise OutsideTerritory("Division {division_code} lies outside your territory.", division_code=asked)
    return both


def _kept(row: Row, rows: Sequence[Row], parts: Sequence[str] | None, kept_at: datetime) -> AlertReach:
    """Counts alone: whose door it was nobody knows any more."""
    left = [each for each in rows if each["unreachable"]]
    unreached = Unreached(people=_sum(rows).unreachable, place_count=len(left), places=[])
    return _reach(row, rows, unreached, parts, kept_at)


def _reach(
    row: Row, rows: Sequence[Row], unreached: Unreached, parts: Sequence[str] | None, kept_at: datetime | None
) -> AlertReach:
    return AlertReach(
        alert_id=row["id"],
        notice_id=row["notice_id"],
        total=_sum(rows),
        divisions=_by_division(rows),
        unreached=unreached,
        part_of_it=parts is not None,
        kept_at=kept_at,
    )


def _by_division(rows: Sequence[Row]) -> list[DivisionReach]:
    """People and groups of one place beside each other, in the order of codes; those of no known place last."""
    places = sorted({row["place"] for row in rows if row["place"]})
    unknown = [None] if any(row["place"] is None for row in rows) else []
    return [_division(place, [row for row in rows if row["place"] == place]) for place in [*places, *unknown]]


def _division(place: str | None, rows: list[Row]) -> DivisionReach:
    code = rows[0]["code"] or (place and place.ljust(VILLAGE_DIGITS, "0"))
    return DivisionReach(division_code=code, division_name=rows[0]["name"], counts=_sum(rows))


def _sum(rows: Iterable[Row]) -> ReachCounts:
    found = list(rows)
    return ReachCounts(**{name: int(sum(row.get(name) or 0 for row in found)) for name in _COUNTS})
