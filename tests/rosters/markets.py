"""A market in the township, its hours, days and stalls, as rows: how they come about is the markets' own affair."""

from datetime import date, datetime, timedelta
from uuid import UUID

from backend.core import clock, ids
from backend.core.database import fetch
from backend.people import actions
from backend.people.tables import UnitKind
from backend.rosters.station_tables import MarketDay, StallDay, StallRule, StationHours
from backend.rosters.station_words import DayState, StallRuleKind
from backend.territory.queries import division
from tests.cast import SINCE, TOWNSHIP, Cast
from tests.rosters.studio import TODAY


class Market:
    """梁村大集, unless told. Days count from TODAY."""

    def __init__(self, id: UUID, by: UUID) -> None:
        self.id, self.by = id, by

    @classmethod
    async def opened(cls, cast: Cast, *, name: str = "梁村大集") -> "Market":
        made = cls(ids.uuid7(), cast.supervisor.person_id)
        await actions.open_unit(id=made.id, name=name, kind=UnitKind.STATION, division_code=TOWNSHIP)
        return made

    async def hours(self, opens: int, closes: int, *, since: date = SINCE, until: date | None = None) -> None:
        """Of its market days, by whole hours."""
        await StationHours.insert(
            StationHours(
                id=ids.uuid7(), unit=self.id, weekday=0, opens_minute=opens * 60, closes_minute=closes * 60,
                valid_from=since, valid_to=until, set_by=self.by, set_at=clock.now(),
            )
        )  # fmt: skip

    async def day(
        self, days: int, state: DayState, *, note: str | None = None, sequence: int = 0, taken_back: bool = False
    ) -> date:
        """Somebody said so, unless it was computed, or a new rule took it back."""
        by = None if taken_back or state is DayState.COMPUTED else self.by
        on = TODAY + timedelta(days=days)
        await MarketDay.insert(
            MarketDay(
                id=ids.uuid7(), market=self.id, division_code=TOWNSHIP, on=on, rule=None, state=state, note=note,
                sequence=sequence, changed_at=clock.now(), changed_by=by,
            )
        )  # fmt: skip
        return on

    async def change(self, days: int, state: DayState) -> None:
        await fetch(
            "UPDATE rosters_market_day SET state = $3, sequence = sequence + 1, changed_at = $4 "
            'WHERE market = $1 AND "on" = $2',
            *(self.id, TODAY + timedelta(days=days), state, clock.now()),
        )

    async def stall(self, days: int, state: DayState) -> datetime:
        """Deputies at the market from 8 to 11."""
        on, rule = TODAY + timedelta(days=days), ids.uuid7()
        await StallRule.insert(
            StallRule(
                id=rule, kind=StallRuleKind.ODD_MARKET, place=self.id, division=(await division(code=TOWNSHIP)).id,
                opens_minute=480, closes_minute=660, day_of_month=None, announce_days_before=5, valid_from=SINCE,
                valid_to=None, source="order", set_by=self.by, set_at=clock.now(), arguments_digest=b"",
            )
        )  # fmt: skip
        await StallDay.insert(
            StallDay(
                id=ids.uuid7(), rule=rule, place=self.id, division_code=TOWNSHIP, month=on.replace(day=1), on=on,
                state=state, note=None, sequence=0, changed_at=clock.now(), changed_by=None,
            )
        )  # fmt: skip
        return datetime.combine(on, datetime.min.time(), clock.SHANGHAI) + timedelta(hours=8)
