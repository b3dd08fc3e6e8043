"""A township with a market of 3 and 8, and a supervisor of its own beside the county's."""

from datetime import date
from uuid import UUID

from backend.core import ids
from backend.core.database import fetch
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind
from backend.rosters.market_days import confirm_market_days, list_market_days
from backend.rosters.market_schemas import MarketDayRecord, NewMarketRule, ToldDay, ToldDays, ToldDaysVerdict
from backend.rosters.market_setting import set_market_rule
from backend.rosters.station_words import MarketRuleKind
from tests.cast import SINCE, TOWNSHIP, Cast

TODAY = date(2026, 11, 23)
"""A Monday, lunar 十月十五."""


class MarketTown:
    """The market and the station of the township; `supervisor` of the county, `township` of the town alone."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.market, self.station = ids.uuid7(), ids.uuid7()
        self.supervisor, self.cadre, self.stranger = cast.supervisor, cast.cadre, cast.stranger
        self.township = cast.supervisor

    async def open(self) -> None:
        for id, name in ((self.market, "梁村大集"), (self.station, "梁村代表之家")):
            await actions.open_unit(id=id, name=name, kind=UnitKind.STATION, division_code=TOWNSHIP)
        person = await actions.open_account(id=ids.uuid7(), name="镇督办", phone="199 0000 0088")
        await actions.assign_role(person_id=person.id, role=Role.SUPERVISOR, division_code=TOWNSHIP, valid_from=SINCE)
        self.township = await sessions.actor(person_id=person.id)

    async def rule(self, *numbers: int, by: Actor | None = None, **more: object) -> UUID:
        """A market rule of lunar digits, from the beginning of the month unless told otherwise."""
        id = ids.uuid7()
        given = {
            "kind": MarketRuleKind.LUNAR_DIGIT,
            "valid_from": date(2026, 11, 1),
            "source": "township's notice",
            "numbers": list(numbers),
        }
        await set_market_rule(id=id, market_id=self.market, new=NewMarketRule(**(given | more)), by=by or self.township)
        return id

    async def days(self, first: date = TODAY, last: date | None = None) -> list[MarketDayRecord]:
        found = await list_market_days(by=self.township, unit_id=self.market, first=first, last=last, limit=1000)
        return found.items

    async def tell(self, *days: tuple[date, bool], note: str | None = None) -> ToldDaysVerdict:
        told = ToldDays(days=[ToldDay(on=on, held=held, note=note) for on, held in days])
        return await confirm_market_days(market_id=self.market, told=told, by=self.township)

    async def row(self, on: date) -> tuple[str, int] | None:
        """State and sequence of a day, reckoned-away ones too."""
        rows = await fetch(
            'SELECT state, sequence FROM rosters_market_day WHERE market = $1 AND "on" = $2', self.market, on
        )
        return (rows[0]["state"], rows[0]["sequence"]) if rows else None
