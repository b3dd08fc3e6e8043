"""What the parameters of OGC API - Features say: the box, the span of time, how many."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from math import isfinite

import msgspec
from msgspec import Struct

from backend.core.refusals import FieldError, Invalid
from backend.core.shapes import Moment
from backend.feeds.schemas import CRS84
from backend.territory.points import Box

_A_MOMENT_LATER = timedelta(microseconds=1)


class Window(Struct, frozen=True, kw_only=True):
    """The part of a collection asked for.

    box                  west, south, east, north in WGS-84; west of a box across the 180° meridian is the larger
    from_, before        UTC; `from_` is inside, `before` is not
    """

    box: Box | None = None
    from_: datetime | None = None
    before: datetime | None = None


class ParameterWrong(Invalid):
    """A query parameter that is not known here, or not in its standard form (OGC 17-069r4, /req/core/query-param-*)."""

    code, title = "feeds/parameter-wrong", "A parameter of the address is wrong"


def window(*, bbox: str | None, bbox_crs: str | None, moments: str | None) -> Window:
    """The window that `bbox`, `bbox-crs` and `datetime` describe. Raises ParameterWrong (400)."""
    if bbox_crs not in (None, CRS84):
        raise _wrong("bbox-crs", "Only {crs} is taken here.", crs=CRS84)
    from_, before = span(moments) if moments else (None, None)
    return Window(box=box(bbox) if bbox else None, from_=from_, before=before)


def box(text: str) -> Box:
    """Four numbers, or six with heights, which our points do not have. Raises ParameterWrong (400).

    >>> box("115.9,36.5,116.5,37.0")
    (115.9, 36.5, 116.5, 37.0)
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[0:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(isfinite(number) for number in numbers):
        raise _wrong("bbox", "A box is west,south,east,north in degrees, for example 115.9,36.5,116.5,37.0.")
    west, south, east, north = numbers
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise _wrong("bbox", "Longitudes are -180 to 180, latitudes -90 to 90, the southern one first.")
    return west, south, east, north


def span(text: str) -> tuple[datetime | None, datetime | None]:
    """From when (inside) until when (outside) in UTC, out of a moment or an interval with or without ends.

    Raises ParameterWrong (400).

    >>> span("2026-11-22T00:00:00Z/..")
    (datetime.datetime(2026, 11, 22, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    begin, slash, end = text.partition("/")
    from_, until = _end(begin, open_ended=bool(slash)), _end(end if slash else begin, open_ended=bool(slash))
    if (from_ is None and until is None) or (from_ and until and from_ > until):
        raise _wrong("datetime", "An interval needs an end, and its first moment comes first.")
    return from_, until and _after(until)


def only_known(given: Iterable[str], known: Collection[str] = ()) -> None:
    """Raises ParameterWrong (400) for parameters that this address does not know."""
    if strangers := sorted(set(given) - set(known)):
        raise ParameterWrong(
            "There are parameters here that this address does not know.",
            errors=[FieldError(pointer=name, detail="No such parameter here.", code="unknown") for name in strangers],
        )


def _end(text: str, *, open_ended: bool) -> datetime | None:
    if open_ended and text in ("", ".."):
        return None
    try:
        return msgspec.convert(text.upper(), Moment).astimezone(UTC)
    except (msgspec.ValidationError, OverflowError) as error:
        detail = "Write moments as 2026-11-22T08:00:00Z (a plus sign as %2B), intervals as one/another, .. for no end."
        raise _wrong("datetime", detail) from error


def _after(moment: datetime) -> datetime:
    try:
        return moment + _A_MOMENT_LATER
    except OverflowError:
        return moment


def _wrong(name: str, detail: str, **facts: str) -> ParameterWrong:
    return ParameterWrong(detail, errors=[FieldError(pointer=name, detail=detail, facts=facts)], **facts)
