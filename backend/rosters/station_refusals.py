"""How stations, grids, markets and stalls say no."""

from datetime import date

from backend.core.refusals import FieldError, Forbidden, Refusal, Unknown

EARLIEST = date(2000, 1, 1)


class NotYourStation(Forbidden):
    """Hours, markets, stalls and who serves a grid are set by supervisors and administrators of the territory."""

    code, title = "rosters/not-your-station", "Another's territory"


class NoStation(Refusal):
    """Hours, markets and stalls are those of stations and studios, where citizens come."""

    status, code, title = 409, "rosters/no-station", "Not a station or a studio"


class GridServiceUnknown(Unknown):
    """No such service, or none that this person may see."""

    code, title = "rosters/grid-service-unknown", "Nobody serves there so"


class AlreadyServes(Refusal):
    """The same person serves the same place in the same office then."""

    status, code, title = 409, "rosters/already-serves", "Serves there already"


class MarketRuleUnknown(Unknown):
    """No such market rule, or none that this person may see."""

    code, title = "rosters/market-rule-unknown", "No such market rule"


class MarketRuleBegun(Refusal):
    """Another rule of the market begins on that day or later."""

    status, code, title = 409, "rosters/market-rule-begun", "Another market rule begins on that day or later"


class StallRuleUnknown(Unknown):
    """No such stall rule, or none that this person may see."""

    code, title = "rosters/stall-rule-unknown", "No such stall rule"


class StallUnknown(Unknown):
    """No such stall day, or none that this person may see."""

    code, title = "rosters/stall-unknown", "No such stall day"


class StallOver(Refusal):
    """The day has gone by."""

    status, code, title = 409, "rosters/stall-over", "This day has gone by"


class NoMarketThen(Refusal):
    """A stall stands at a market, and there is none on that day."""

    status, code, title = 409, "rosters/no-market-then", "No market on that day"


class StallRuleBegun(Refusal):
    """Another rule of the same kind for the same place and people begins on that day or later."""

    status, code, title = 409, "rosters/stall-rule-begun", "Another stall rule begins on that day or later"


def wrong_span(valid_from: date, valid_to: date | None) -> list[FieldError]:
    """What is wrong with the days between which a rule holds."""
    errors = []
    if valid_from < EARLIEST:
        errors.append(FieldError(pointer="/valid_from", detail="A rule begins in this century."))
    if valid_to is not None and valid_to < valid_from:
        errors.append(FieldError(pointer="/valid_to", detail="The end has to be later than the beginning."))
    return errors
