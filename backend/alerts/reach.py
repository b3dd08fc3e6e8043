"""Who saw it: by division, with groups' head-counts and the doors to knock on."""

from collections.abc import Iterable
from uuid import UUID

from backend.alerts import reach_queries as queries
from backend.alerts.lists import seen_alert
from backend.alerts.queries import Row
from backend.alerts.reach_schemas import AlertReach, DivisionReach, ReachCounts
from backend.alerts.refusals import NotSent
from backend.people.actors import Actor
from backend.push.campaigns import READERS
from backend.push.unreached import list_unreached
from backend.territory import queries as territory
from backend.territory.tables import Level

TOWNSHIP_DIGITS, VILLAGE_DIGITS = 9, 12
_COUNTS = ReachCounts.__struct_fields__


async def get_alert_reach(*, alert_id: UUID, division_code: str | None = None, by: Actor) -> AlertReach:
    """How far a published warning came, by township; by village below a township (or village) asked for.

    Raises AlertUnknown, DivisionUnknown (404), NotSent (409) of a draft, Forbidden (403), NoticeUnknown (404) for whom
    its first division is not his to oversee.
    """
    row = await seen_alert(alert_id, by)
    by.must_have(*sorted(READERS))
    if row["notice_id"] is None:
        raise NotSent("It has not gone out. Reach is counted once it is approved.")
    under, length = await _within(division_code)
    unreached = await list_unreached(notice_id=row["notice_id"], by=by)
    people = await queries.people(row["notice_id"], length=length, under=under)
    groups = await queries.groups(row["notice_id"], length=length, under=under)
    return AlertReach(
        alert_id=alert_id,
        notice_id=row["notice_id"],
        total=_sum([*people, *groups]),
        divisions=_by_division([*people, *groups]),
        unreached=unreached,
    )


async def _within(division_code: str | None) -> tuple[str | None, int]:
    """The prefix asked for, and to how many digits places are told apart."""
    if division_code is None:
        return None, TOWNSHIP_DIGITS
    division = await territory.division(code=division_code)
    below_township = division.level not in (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY)
    return division.prefix, VILLAGE_DIGITS if below_township else TOWNSHIP_DIGITS


def _by_division(rows: list[Row]) -> list[DivisionReach]:
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
