"""The addresses under /console/stations."""

from litestar import Router

from backend.console.stations import (
    codes,
    hours,
    listing,
    market_rules,
    markets,
    serving,
    stall_rules,
    stalls,
    station,
    wall,
)

router = Router(
    path="/console/stations",
    route_handlers=[
        *(*listing.HANDLERS, *station.HANDLERS, *hours.HANDLERS, *serving.HANDLERS),
        *(*codes.HANDLERS, *wall.HANDLERS, *markets.HANDLERS, *market_rules.HANDLERS),
        *(*stalls.HANDLERS, *stall_rules.HANDLERS),
    ],
)
