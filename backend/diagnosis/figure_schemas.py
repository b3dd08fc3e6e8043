"""The shapes of the room's figures. A null says: too few to be told, or none at all."""

from datetime import datetime

from msgspec import Struct

from backend.cases.schemas import DivisionShown


class Spans(Struct, frozen=True, kw_only=True):
    """How long it took `n` of the requests, from the moment the farmer asked: half of them, and nine in ten."""

    n: int | None
    median_minutes: float | None
    p90_minutes: float | None


class Share(Struct, frozen=True, kw_only=True):
    """`n` of `of`, and the same as a number from 0 to 1."""

    n: int | None
    of: int | None
    share: float | None


class Declared(Struct, frozen=True, kw_only=True):
    """Money as `n` farmers put it themselves; nobody measured it, and most say nothing."""

    value_saved_yuan: float | None
    n: int | None
    declared: bool = True


class Figures(Struct, frozen=True, kw_only=True):
    """Of requests asked in a span.

    by_state       where they stand now
    first_word     until an expert asked back or answered; `answer`: until he answered; `told`: until the farmer knew
    better_photo   were asked for a first or a better photo
    lapsed_offers  of all offers that ended, those nobody took up in time
    helped         of those the farmer evaluated, with satisfied
    outcomes       better, same, worse: what the farmer said last
    """

    requests: int | None
    by_state: dict[str, int | None]
    first_word: Spans
    answer: Spans
    told: Spans
    better_photo: Share
    lapsed_offers: Share
    helped: Share
    outcomes: dict[str, int | None]
    declared: Declared


class PlaceFigures(Struct, frozen=True, kw_only=True):
    """Of one division below the one that was asked for."""

    division: DivisionShown
    figures: Figures


class MonthFigures(Struct, frozen=True, kw_only=True):
    """Of one month, such as 2026-07, on a calendar in Shandong."""

    month: str
    figures: Figures


class DiagnosisFigures(Struct, frozen=True, kw_only=True):
    """All of it, by division and by month. `least`: numbers below it are null (0: nothing is left out)."""

    counted_from: datetime
    counted_to: datetime
    least: int
    total: Figures
    by_division: list[PlaceFigures]
    by_month: list[MonthFigures]
