"""A page of a wide territory under the plan that PostgreSQL keeps for every later asking (from the sixth on)."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.core.database import fetch, transaction
from backend.core.ids import uuid7
from backend.core.paging import Position
from backend.people.actors import visible_to
from backend.visits.schemas import VisitFilters
from backend.visits.streams import Asked, Values, page
from tests import plans
from tests.cast import COUNTY, Cast

START = datetime(2025, 1, 1, tzinfo=UTC)


async def many(cast: Cast, count: int) -> None:
    """Visits of one cadre, a minute apart, over every division of the county in turn."""
    await fetch(
        "WITH d AS (SELECT id, code, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS divisions "
        "           FROM territory_division WHERE starts_with(code, $3)) "
        "INSERT INTO visits_visit (id, recorded_by, channel, occurred_at, received_at, entered_late, division, "
        "division_code, topics, companions, door, coarse, version, arguments_digest) "
        "SELECT gen_random_uuid(), $2, 'visit', $4::timestamptz + i * interval '1 minute', now(), false, d.id, d.code, "
        "'{}', '{}', 'test', false, 1, '' FROM generate_series(1, $1::int) i JOIN d ON d.place = i % d.divisions",
        count, cast.next_cadre.person_id, COUNTY[:6], START,
    )  # fmt: skip
    await fetch("ANALYZE visits_visit")


@transaction
async def touched(sql: str, values: list[object]) -> float:
    """Rows that the one plan for all parameters reads."""
    said = ", ".join(f"'{value}'" for value in values)  # EXECUTE takes no parameters
    await fetch("SET LOCAL plan_cache_mode = force_generic_plan")
    await fetch(f"PREPARE kept AS {sql}")
    read = plans.touched(await plans.explained(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE kept({said})"))
    await fetch("DEALLOCATE kept")
    return read


@pytest.mark.parametrize("days", [None, 2], ids=["the newest", "a page deep in the list"])
async def test_a_countys_page_reads_no_more_rows_when_there_are_ten_times_the_visits(cast: Cast, days):
    after = None if days is None else Position(START + timedelta(days=days), uuid7())
    values = Values()
    asked = Asked(
        scope=visible_to(cast.supervisor),
        filters=VisitFilters(),
        prefixes=(),
        after=after,
        limit=51,
        shown_before=START,
    )
    sql = page(asked, values)
    read = []
    for count in (4_000, 36_000):
        await many(cast, count)
        read.append(await touched(sql, values.given))
    assert read[1] < 1.2 * read[0] + 60, read
