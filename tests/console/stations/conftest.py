"""A township with a market of its own, on a Monday morning, and a desk with nobody at it."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from backend.core import clock
from tests.cast import Cast
from tests.console.bench_desk import Desk
from tests.console.stations.station_desk import station_desk
from tests.rosters.market_town import TODAY, MarketTown

MORNING = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=clock.SHANGHAI)


@pytest.fixture
async def town(cast: Cast) -> AsyncIterator[MarketTown]:
    made = MarketTown(cast)
    await made.open()
    with clock.stopped(MORNING):
        yield made


@pytest.fixture
async def desk(town: MarketTown) -> AsyncIterator[Desk]:
    async with station_desk() as desk:
        yield await desk.be(town.township)
