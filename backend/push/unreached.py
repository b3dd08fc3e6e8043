"""Whom no way reached, village by village, and who should knock on which door."""

from collections.abc import Sequence
from uuid import UUID

from backend.core import clock
from backend.people.actors import Actor
from backend.push import unreached_queries as queries
from backend.push.campaign_schemas import Door, Unreached, UnreachedPlace
from backend.push.campaigns import seen_campaign

PLACES = 60
DOORS = 20
"""Of one village; the rest are counted."""


async def list_unreached(*, notice_id: UUID, by: Actor) -> Unreached:
    """The villages in which somebody was not reached, those with the most people first, at most 60 of them.

    Raises NoticeUnknown (404).
    """
    await seen_campaign(notice_id, by)
    return await unreached_under(notice_id=notice_id, prefixes=None)


async def unreached_under(*, notice_id: UUID, prefixes: Sequence[str] | None) -> Unreached:
    """The same, whoever asks, of places under these prefixes of codes; null: everywhere, and where nobody knows."""
    rows = await queries.places(notice_id, prefixes=prefixes, limit=PLACES)
    codes = [row["place"] for row in rows if row["place"]]
    doors = await queries.doors(notice_id, codes, each=DOORS, on=clock.today())
    cadres = await queries.cadres(codes, on=clock.today())
    return Unreached(
        people=rows[0]["all_people"] if rows else 0,
        place_count=rows[0]["all_places"] if rows else 0,
        places=[_place(row, doors.get(row["place"], []), cadres.get(row["place"], [])) for row in rows],
    )


def _place(row: queries.Row, doors: list[queries.Row], cadres: list[str]) -> UnreachedPlace:
    return UnreachedPlace(
        division_code=row["place"],
        division_name=row["division_name"],
        township_name=row["township_name"],
        people=row["people"],
        strangers=row["strangers"],
        doors=[Door(**dict(each)) for each in doors if each["household_id"]],
        staff=[each["served_by"] for each in doors if not each["household_id"]],
        cadres=cadres,
    )
