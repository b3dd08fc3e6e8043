"""Places as they lie to each other, as a picture that a page carries: no ground, no script, no other server. Pure."""

from collections.abc import Sequence
from math import cos, radians

from msgspec import Struct

from backend.console.chart_marks import Mark, path_of
from backend.console.charts import WIDTH, Label


class Site(Struct, frozen=True):
    """A place on a map (WGS-84). `says` stands beside it: the number under which a table has it."""

    longitude: float
    latitude: float
    tone: str
    says: str
    title: str


class Map(Struct, frozen=True, kw_only=True):
    """A map without ground. `scale_km` is as long as `scale` of the picture."""

    width: int = WIDTH
    height: int
    marks: list[Mark]
    labels: list[Label]
    scale: float
    scale_km: float


MARGIN = 22
KM_PER_DEGREE = 111.2
TALLEST, SHORTEST, SMALLEST_KM = 420, 150, 2.0


def site_map(sites: Sequence[Site]) -> Map | None:
    """Places as they lie to each other, north up; of one place alone there is no map.

    >>> found = site_map([Site(116.2, 36.8, "low", "1", ""), Site(116.4, 36.9, "high", "2", "")])
    >>> found.height, found.scale_km, [(label.at, label.n) for label in found.labels]
    (241, 5, [(31.0, 223.4), (347.0, 26.0)])
    """
    if len({(each.longitude, each.latitude) for each in sites}) < 2:
        return None
    middle = radians(sum(each.latitude for each in sites) / len(sites))
    west, north = min(each.longitude for each in sites), max(each.latitude for each in sites)
    wide = max(max(each.longitude for each in sites) - west, 0) * KM_PER_DEGREE * cos(middle)
    tall = (north - min(each.latitude for each in sites)) * KM_PER_DEGREE
    per_km = min((WIDTH - 2 * MARGIN) / max(wide, SMALLEST_KM), (TALLEST - 2 * MARGIN) / max(tall, SMALLEST_KM))

    def place(one: Site) -> tuple[float, float]:
        x = MARGIN + (one.longitude - west) * KM_PER_DEGREE * cos(middle) * per_km
        return round(x, 1), round(MARGIN + (north - one.latitude) * KM_PER_DEGREE * per_km, 1)

    at = [place(each) for each in sites]
    scale_km = next(km for km in (50, 20, 10, 5, 2, 1, 0.5, 0.2) if km * per_km <= WIDTH / 3)
    return Map(
        height=max(SHORTEST, round(tall * per_km + 2 * MARGIN)),
        marks=[Mark(path_of(one.tone, x, y, r=6), one.tone, one.title) for one, (x, y) in zip(sites, at, strict=True)],
        labels=[Label(x + 9, y + 4, one.says) for one, (x, y) in zip(sites, at, strict=True)],
        scale=round(scale_km * per_km, 1),
        scale_km=scale_km,
    )
