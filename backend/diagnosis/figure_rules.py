"""What of the figures may be told in public: no number from 1 to k - 1, and none that subtracting would tell. Pure."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from backend.core.small_counts import told
from backend.diagnosis.figure_schemas import Declared, Figures, Share, Spans

DOMINANT = 0.8
"""A sum of which one farmer has more than this is his figure, however many others there are."""

NO_SPANS = Spans(n=None, median_minutes=None, p90_minutes=None)
NO_SHARE = Share(n=None, of=None, share=None)


def share(n: int, of: int) -> Share:
    """A share; of nothing there is none.

    >>> share(1, 4).share, share(0, 0).share
    (0.25, None)
    """
    return Share(n=n, of=of, share=round(n / of, 4) if of else None)


def whole_told(figures: Figures, *, largest_value: float | None, least: int) -> Figures:
    """The figures of everything, as the public may read them."""
    requests = figures.requests or 0
    if requests < least:
        return _nothing(None if requests else 0)
    return Figures(
        requests=requests,
        by_state=told(_known(figures.by_state), least=least),
        first_word=_spans(figures.first_word, least),
        answer=_spans(figures.answer, least),
        told=_spans(figures.told, least),
        better_photo=_share(figures.better_photo, least),
        lapsed_offers=_share(figures.lapsed_offers, least),
        helped=_share(figures.helped, least),
        outcomes=told(_known(figures.outcomes), least=least),
        declared=_declared(figures.declared, largest_value, least),
    )


def rows_told(rows: Sequence[Figures], *, least: int) -> list[Figures]:
    """The figures of parts that add up to the whole: only how many, and how soon they were answered.

    Everything else could be found by subtraction.
    """
    requests = told({place: row.requests or 0 for place, row in enumerate(rows)}, least=least)
    return [_nothing(n) if (n := requests[place]) is None else _part(row, n, least) for place, row in enumerate(rows)]


def _part(row: Figures, n: int, least: int) -> Figures:
    return replace(_nothing(n), answer=_spans(row.answer, least))


def _nothing(requests: int | None) -> Figures:
    return Figures(
        requests=requests,
        by_state={},
        first_word=NO_SPANS,
        answer=NO_SPANS,
        told=NO_SPANS,
        better_photo=NO_SHARE,
        lapsed_offers=NO_SHARE,
        helped=NO_SHARE,
        outcomes={},
        declared=Declared(value_saved_yuan=None, n=None),
    )


def _known(counts: Mapping[str, int | None]) -> dict[str, int]:
    return {key: n or 0 for key, n in counts.items()}


def _spans(spans: Spans, least: int) -> Spans:
    return spans if (spans.n or 0) >= least else NO_SPANS


def _share(given: Share, least: int) -> Share:
    """A share of many, unless those who are in it, or those who are not, are few."""
    n, of = given.n or 0, given.of or 0
    return given if of >= least and all(part == 0 or part >= least for part in (n, of - n)) else NO_SHARE


def _declared(given: Declared, largest: float | None, least: int) -> Declared:
    of_one = (largest or 0) > DOMINANT * (given.value_saved_yuan or 0)
    return Declared(value_saved_yuan=None, n=None) if (given.n or 0) < least or of_one else given
