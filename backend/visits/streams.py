"""The page of a list of visits as SQL: ordered streams, each served by one index, joined and cut to one page.

Mine, those of the households I serve, those of the territory I oversee; or, where a filter names one household, cadre,
campaign or village, only that. Each stream stops after one page, so a page costs the same at ten thousand visits and at
a million. One `OR` over all of them would make PostgreSQL walk everybody's newest visits until it met fifty of mine.
"""

from datetime import datetime

from msgspec import Struct

from backend.core import clock
from backend.core.paging import Position
from backend.core.statements import Values, under
from backend.people.actors import Scope
from backend.territory.points import boxes
from backend.visits.schemas import VisitFilters
from backend.visits.tables import FlagKind
from backend.visits.visibility import SERVED_TODAY

VILLAGE_DIGITS = 12
CODE = "v.division_code"
ORDER = "v.occurred_at DESC, v.id DESC"


class Asked(Struct, frozen=True, kw_only=True):
    """Who asks for which visits.

    prefixes       of the filter's division
    shown_before   flags raised before this moment are shown to others whether or not the cadre has seen them
    """

    scope: Scope
    filters: VisitFilters
    prefixes: tuple[str, ...]
    after: Position | None
    limit: int
    shown_before: datetime


def page(asked: Asked, values: Values) -> str:
    """A SELECT of id and occurred_at."""
    wanted = " AND ".join(["TRUE", *_conditions(asked, values)])
    filters, scope = asked.filters, asked.scope
    if filters.household_id or filters.recorded_by or filters.campaign_code:
        inside = under(CODE, asked.prefixes, values) if filters.division_code is not None else "TRUE"
        streams = [_stream(f"{wanted} AND {inside} AND {may_see(scope, values)}", asked.limit)]
    elif filters.division_code is not None and _are_villages(asked.prefixes):
        streams = [_of_divisions(asked.prefixes, f"{wanted} AND {may_see(scope, values)}", asked.limit, values)]
    else:
        streams = _of_scope(scope, wanted, asked.limit, values)
    union = " UNION ".join(f"({stream})" for stream in streams)
    return f"SELECT v.id, v.occurred_at FROM ({union}) v ORDER BY {ORDER} LIMIT {asked.limit}"


def may_see(scope: Scope, values: Values) -> str:
    """Holds for the asker's own visits, those of households he serves today, and those under his prefixes."""
    own = f"v.recorded_by = {values(scope.person_id)}"
    return f"({own} OR v.household IN ({_served(scope, values)}) OR {under(CODE, scope.prefixes, values)})"


def shown_flag(scope: Scope, shown_before: datetime, values: Values) -> str:
    """Holds for flags `f` of visits `v` that the asker may see: his own; others' once they saw them or had time to."""
    return (
        f"(v.recorded_by = {values(scope.person_id)} OR f.seen_at IS NOT NULL OR f.raised_at < {values(shown_before)})"
    )


def _conditions(asked: Asked, values: Values) -> list[str]:
    filters = asked.filters
    said = {
        "v.occurred_at >= {}": filters.occurred_from,
        "v.occurred_at < {}": filters.occurred_to,
        "v.channel = {}": filters.channel,
        "v.household = {}": filters.household_id,
        "v.recorded_by = {}": filters.recorded_by,
        "v.campaign = (SELECT id FROM visits_campaign WHERE code = {})": filters.campaign_code,
    }
    conditions = [template.format(values(value)) for template, value in said.items() if value is not None]
    if filters.division_code is not None and not _are_villages(asked.prefixes):
        conditions.append(under(CODE, asked.prefixes, values))
    if filters.has_point is not None:
        conditions.append(f"v.longitude IS {'NOT ' if filters.has_point else ''}NULL")
    if filters.bbox is not None:
        conditions.append(_within(filters.bbox, values))
    if filters.flag is not None:
        conditions.append(_flagged(filters.flag, asked, values))
    if asked.after is not None:
        conditions.append(f"(v.occurred_at, v.id) < ({values(asked.after.at)}, {values(asked.after.id)})")
    return conditions


def _within(bbox: tuple[float, float, float, float], values: Values) -> str:
    parts = []
    for box in boxes(bbox):
        west, south, east, north = (values(degrees) for degrees in box)
        parts.append(f"point(v.longitude, v.latitude) <@ box(point({west}, {south}), point({east}, {north}))")
    return f"v.longitude IS NOT NULL AND ({' OR '.join(parts)})"


def _flagged(kind: FlagKind, asked: Asked, values: Values) -> str:
    shown = shown_flag(asked.scope, asked.shown_before, values)
    return f"EXISTS (SELECT FROM visits_flag f WHERE f.visit = v.id AND f.kind = {values(kind.value)} AND {shown})"


def _of_scope(scope: Scope, wanted: str, limit: int, values: Values) -> list[str]:
    streams = [
        _of("v.recorded_by", f"{values(scope.person_id)}::uuid", wanted, limit),
        _of_each("v.household", _served(scope, values), wanted, limit),
    ]
    return [*streams, _of_divisions(scope.prefixes, wanted, limit, values)] if scope.prefixes else streams


def _of_divisions(prefixes: tuple[str, ...], wanted: str, limit: int, values: Values) -> str:
    """Of every division under the prefixes the newest visit; then, of those that lead, what may be on the page.

    Where a whole page of divisions leads, nothing older than the last one's newest can be on it.

    A range of codes would be one condition. But the plan that PostgreSQL keeps from the sixth asking on is for ranges
    of any width: at a million visits it sorted half of them for a page of fifty (70 ms for a county, now 3).
    """
    below = f"SELECT DISTINCT w.code FROM territory_division w WHERE {under('w.prefix', prefixes, values)}"
    newest = _of("v.division_code", "known.code", wanted, 1)
    source = f"({below}) known CROSS JOIN LATERAL ({newest}) v"
    leading = f"SELECT known.code, v.occurred_at FROM {source} ORDER BY {ORDER} LIMIT {limit}"
    since = f"(SELECT CASE count(*) WHEN {limit} THEN min(occurred_at) ELSE '-infinity' END FROM ahead)"
    pages = _of_each("v.division_code", "SELECT code FROM ahead", f"{wanted} AND v.occurred_at >= {since}", limit)
    return f"WITH ahead AS ({leading}) {pages}"


def _of_each(column: str, keys: str, wanted: str, limit: int) -> str:
    stream = _of(column, "each.key", wanted, limit)
    source = f"({keys}) each(key) CROSS JOIN LATERAL ({stream}) v"
    return f"SELECT v.id, v.occurred_at FROM {source} ORDER BY {ORDER} LIMIT {limit}"


def _of(column: str, key: str, wanted: str, limit: int) -> str:
    """The newest with this key, off the index that begins with the column, and no other.

    Written as an equality, the planner drops the column from the order, and where keys are few it walks everybody's
    newest to find the first of this one: the whole table, where this one has none.
    """
    of_key = f"{wanted} AND {column} = ANY(ARRAY[{key}]) ORDER BY {column}, {ORDER} LIMIT {limit}"
    return f"SELECT v.id, v.occurred_at FROM visits_visit v WHERE {of_key}"


def _stream(wanted: str, limit: int) -> str:
    return f"SELECT v.id, v.occurred_at FROM visits_visit v WHERE {wanted} ORDER BY {ORDER} LIMIT {limit}"


def _are_villages(prefixes: tuple[str, ...]) -> bool:
    return all(len(prefix) >= VILLAGE_DIGITS for prefix in prefixes)


def _served(scope: Scope, values: Values) -> str:
    return SERVED_TODAY.format(person=values(scope.person_id), day=values(clock.today()))
