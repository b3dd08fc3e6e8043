"""Where nobody has been: villages without a visit, a talk, a poster or a letter since a day. Nobody's name, no door."""

from collections.abc import Iterable
from datetime import date, datetime, time

from msgspec import Struct

from backend.antifraud import round_queries
from backend.antifraud.outreach_places import IN_C_ORDER, READERS, check_not_after_today, prefixes_of
from backend.antifraud.outreach_villages import Village, villages
from backend.antifraud.rounds import LEAST_HOUSEHOLDS
from backend.core import clock
from backend.core.database import fetch
from backend.core.statements import Values, under
from backend.people.actors import Actor

KINDS = ("visits", "talks", "posters", "letters")


class VillageGaps(Struct, frozen=True, kw_only=True):
    """What was done in a village since a day.

    visits    null in a village of fewer than five households: it would be somebody's answer
    letters   handed out, signed or declined; what lies in stock was handed to nobody
    """

    division_code: str
    name: str
    visits: int | None
    talks: int
    posters: int
    letters: int

    @property
    def missing(self) -> tuple[str, ...]:
        """What there was none of."""
        return tuple(kind for kind in KINDS if getattr(self, kind) == 0)


async def list_gaps(*, by: Actor, since: date, division_code: str | None = None) -> list[VillageGaps]:
    """Villages of a territory in which something is missing: those with the most missing first, then by code.

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400).
    """
    check_not_after_today(since, "/since")
    prefixes = await prefixes_of(division_code, by=by, roles=READERS)
    begins = datetime.combine(since, time(), clock.SHANGHAI)
    found = {kind: await _counted(kind, prefixes, begins) for kind in KINDS}
    rows = [_gaps(each, found) for each in await villages(prefixes, on=clock.today())]
    return sorted((row for row in rows if row.missing), key=lambda row: (-len(row.missing), row.division_code))


def _gaps(village: Village, found: dict[str, dict[str, int]]) -> VillageGaps:
    counts = {kind: found[kind].get(village.division_code, 0) for kind in KINDS if kind != "visits"}
    few = village.households_n < LEAST_HOUSEHOLDS
    visits = None if few else found["visits"].get(village.division_code, 0)
    return VillageGaps(division_code=village.division_code, name=village.name, visits=visits, **counts)


_COUNTED = {
    "talks": ("antifraud_talk", "count(*)", "TRUE"),
    "posters": ("antifraud_poster", "sum(t.posters_n)", "TRUE"),
    "letters": (
        "antifraud_letter_range",
        "sum(t.last - t.first + 1)",
        "t.move IN ('signed', 'declined') AND t.withdrawn_at IS NULL",
    ),
}


async def _counted(kind: str, prefixes: Iterable[str], since: datetime) -> dict[str, int]:
    if kind == "visits":
        return await round_queries.visits(prefixes, since=since)
    table, counted, also = _COUNTED[kind]
    values = Values(since)
    rows = await fetch(
        f"SELECT left(t.division_code, 12) AS code, {counted}::bigint AS n FROM {table} t "
        f"WHERE t.at >= $1 AND {also} AND {under(IN_C_ORDER.format(column='t.division_code'), prefixes, values)} "
        "GROUP BY 1",
        *values.given,
    )
    return {row["code"]: row["n"] for row in rows}
