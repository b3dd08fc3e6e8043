"""Opening hours as people write them, and whether a door is open. Pure."""

from collections.abc import Iterable, Sequence

from backend.core.refusals import FieldError

MARKET_DAY = 0
Span = tuple[int, int]


def minute(clock: str) -> int:
    """Minutes from midnight.

    >>> minute("08:30"), minute("24:00")
    (510, 1440)
    """
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def clock_text(minutes: int) -> str:
    """The same as people write it.

    >>> clock_text(510), clock_text(1440)
    ('08:30', '24:00')
    """
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def mistakes(rows: Sequence[tuple[int, int, int]]) -> list[FieldError]:
    """What is wrong with rows of weekday, opening and closing minute.

    >>> [wrong.pointer for wrong in mistakes([(1, 510, 690), (1, 660, 900), (2, 600, 600), (3, 660, 900)])]
    ['/hours/1/opens', '/hours/2/closes']
    """
    wrong = []
    for place, (weekday, opens, closes) in enumerate(rows):
        if closes <= opens:
            wrong.append(FieldError(pointer=f"/hours/{place}/closes", detail="The door closes later than it opens."))
        elif any(day == weekday and opens < ends and begins < closes for day, begins, ends in rows[:place]):
            wrong.append(FieldError(pointer=f"/hours/{place}/opens", detail="These hours lie inside other hours."))
    return wrong


def hours_of(rows: Iterable[tuple[int, int, int]], *, weekday: int, market: bool) -> list[Span]:
    """The hours of a day: on a market day those of market days, where there are any.

    >>> rows = [(3, 840, 1050), (3, 510, 690), (0, 420, 720)]
    >>> hours_of(rows, weekday=3, market=False), hours_of(rows, weekday=3, market=True)
    ([(510, 690), (840, 1050)], [(420, 720)])
    >>> hours_of(rows[:2], weekday=3, market=True), hours_of(rows, weekday=4, market=False)
    ([(510, 690), (840, 1050)], [])
    """
    by_day: dict[int, list[Span]] = {}
    for day, opens, closes in rows:
        by_day.setdefault(day, []).append((opens, closes))
    chosen = by_day.get(MARKET_DAY) if market else None
    return sorted(chosen or by_day.get(weekday, []))


def is_open(spans: Iterable[Span], at_minute: int) -> bool:
    """Whether the door is open; at the closing minute it is not.

    >>> is_open([(510, 690)], 510), is_open([(510, 690)], 690)
    (True, False)
    """
    return any(opens <= at_minute < closes for opens, closes in spans)
