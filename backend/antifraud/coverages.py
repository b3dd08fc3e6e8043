"""How many of a village have the app, as they say of themselves: two numbers, a day and a source; and where nobody has
counted. Who has it is kept nowhere.
"""

from collections.abc import Iterable
from datetime import date

from msgspec import convert

from backend.antifraud import outreach_rows as rows
from backend.antifraud.outreach_places import (
    IN_C_ORDER,
    READERS,
    RECORDERS,
    check_not_after_today,
    check_text,
    place,
    prefixes_of,
)
from backend.antifraud.outreach_schemas import AppCoverageRecord, NewAppCoverage, VillageAppCoverage, VillagePlace
from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import fetch, transaction
from backend.core.paging import Page, Position, page, position, position_of
from backend.core.refusals import FieldError, Invalid
from backend.core.statements import Conditions
from backend.people.actors import Actor

TABLE = "antifraud_app_coverage"


@transaction
async def record_app_coverage(*, new: NewAppCoverage, by: Actor) -> Outcome[AppCoverageRecord]:
    """Write down a village's count. By assistants, supervisors and administrators of it.

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400), DifferentArguments (409).
    """
    village = await place(new.division_code, by=by, roles=RECORDERS, village=True)
    check_not_after_today(new.on, "/on")
    check_text(new.source, "/source")
    if new.with_app_n > new.asked_n:
        detail = "More have the app than were asked."
        raise Invalid(errors=[FieldError(pointer="/with_app_n", detail=detail, code="range")])
    columns = {
        "id": new.id or ids.uuid7(),
        "division_code": village.code,
        "with_app_n": new.with_app_n,
        "asked_n": new.asked_n,
        "on": new.on,
        "source": new.source.strip(),
        "by": by.person_id,
    }
    row, created = await rows.write(TABLE, {**columns, "recorded_at": clock.now()}, same=columns)
    return Outcome(_record(row), created)


def _record(row: rows.Row) -> AppCoverageRecord:
    return convert(rows.told({**row, "share": _share(row)}, AppCoverageRecord.__struct_fields__), AppCoverageRecord)


def _share(row: rows.Row) -> float | None:
    return round(row["with_app_n"] / row["asked_n"], 4) if row["asked_n"] else None


_NEWEST = """
WITH counts AS (
    SELECT DISTINCT ON (t.division_code) t.* FROM antifraud_app_coverage t
    WHERE t."on" <= {day} AND {counted} ORDER BY t.division_code, t."on" DESC, t.recorded_at DESC
)
SELECT d.code AS division_code, d.name, c.with_app_n, c.asked_n, c."on", c.source
FROM territory_division d LEFT JOIN counts c ON c.division_code COLLATE "C" = d.code
WHERE d.level = 'village' AND d.valid_from <= {day} AND (d.valid_to IS NULL OR d.valid_to >= {day}) AND {where}
ORDER BY d.prefix {limit}
"""
"""All counts at once, 15 ms of 1,054 villages and 11,594 counts; asked village by village it takes 900 ms."""


async def newest(
    prefixes: Iterable[str], *, on: date, limit: int | None = None, after: VillagePlace | None = None
) -> list[VillageAppCoverage]:
    """The newest count of each village of a territory on a day; villages without one are in it."""
    found, prefixes = Conditions(), list(prefixes)
    found.add(found.under("d.prefix", prefixes))
    if after is not None:
        found.add("d.code > {}", after.division_code)
    counted = found.under(IN_C_ORDER.format(column="t.division_code"), prefixes)
    day = found.value(on)
    limited = f"LIMIT {found.value(limit)}" if limit else ""
    told = await fetch(_NEWEST.format(day=day, counted=counted, where=found.sql, limit=limited), *found.values)
    return [convert({**row, "share": _share(row)}, VillageAppCoverage) for row in told]


async def list_app_coverage(
    *, by: Actor, division_code: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[VillageAppCoverage]:
    """Villages in the order of their codes, with the newest count of each, or none.

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404).
    """
    prefixes = await prefixes_of(division_code, by=by, roles=READERS)
    after = position_of(cursor, VillagePlace)
    found = await newest(prefixes, on=clock.today(), limit=limit + 1, after=after)
    return page(found, limit, lambda each: VillagePlace(each.division_code))


async def list_counts(
    *, division_code: str, by: Actor, limit: int = 50, cursor: str | None = None
) -> Page[AppCoverageRecord]:
    """All counts of one village, the last written down first.

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400).
    """
    village = await place(division_code, by=by, roles=READERS, village=True)
    found = await rows.newest(TABLE, [village.prefix], limit=limit + 1, after=position(cursor))
    return page([_record(row) for row in found], limit, lambda each: Position(each.recorded_at, each.id))
