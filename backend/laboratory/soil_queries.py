"""The SQL of soil over the years: readings that count, by field, by village and year, and for the public map.

A reading counts where a rule judged it: one whose instrument was overdue has a value and no word. Values below a
limit of detection are left out: they are no number.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.core.database import fetch
from backend.core.statements import Conditions
from backend.laboratory.soil_figure_rules import COUNTY, VILLAGE, Farms
from backend.laboratory.soil_measures import Measure
from backend.laboratory.visibility import Conditions as Seen
from backend.laboratory.visibility import LabReader

Row = Mapping[str, Any]

COUNTS = """s.state = 'received' AND r.comparator = '=' AND r.judged_value IS NOT NULL
AND (r.grade IS NOT NULL OR r.ph_class IS NOT NULL OR r.category IS NOT NULL)"""
_DAY = "coalesce(s.sampled_on, (coalesce(r.tested_at, r.received_at) AT TIME ZONE 'Asia/Shanghai')::date)"
_WORST = (
    "CASE WHEN bool_or(r.category = 'strict_control') THEN 'strict_control' "
    "WHEN bool_or(r.category = 'safe_use') THEN 'safe_use' ELSE max(r.category) END"
)


def _told_as(found: Conditions, measures: Iterable[Measure]) -> str:
    """A table m (told, code) of the analytes that tell a measure."""
    pairs = [(told, each.code) for each in measures for told in each.told_as]
    told, codes = found.value([told for told, _ in pairs]), found.value([code for _, code in pairs])
    return f"unnest({told}::text[], {codes}::text[]) AS m (told, code)"


async def of_household(household_id: UUID, reader: LabReader, measures: Iterable[Measure]) -> Sequence[Row]:
    """A row for each field, measure and sample that he reads: plot, code, day, mean, n, category."""
    found = Seen(household_id)
    found.parts += ["s.household = $1", COUNTS, found.seen_by(reader), found.read_by(reader)]
    told_as = _told_as(found, measures)
    return await fetch(
        f"""
        SELECT s.plot, m.code, min({_DAY}) AS day, avg(r.judged_value) AS mean, count(*) AS n, {_WORST} AS category
        FROM laboratory_sample s JOIN laboratory_result r ON r.sample = s.id JOIN {told_as} ON m.told = r.analyte
        WHERE {found.sql} GROUP BY s.plot, m.code, s.id ORDER BY s.plot NULLS LAST, m.code, day, s.id
        """,
        *found.values,
    )


async def samples_of_household(household_id: UUID, reader: LabReader) -> tuple[int, int]:
    """How many of a household's soil samples he sees, and how many of them he reads."""
    found = Seen(household_id)
    found.parts += ["s.household = $1", "s.state = 'received'", "s.kind = 'soil'", found.seen_by(reader)]
    rows = await fetch(
        f"SELECT count(*) AS seen, count(*) FILTER (WHERE {found.read_by(reader)}) AS read "
        f"FROM laboratory_sample s WHERE {found.sql}",
        *found.values,
    )
    return rows[0]["seen"], rows[0]["read"]


async def of_village(
    code: str, *, measures: Iterable[Measure], units: Sequence[UUID] | None, until: datetime
) -> Sequence[Row]:
    """A row for each measure and year: code, year, farms, mean (each farm once), n readings.

    units   only what these desks test, whoever brought it (a sample of nobody known is a farm by itself); None: of
            every desk, of farms whose household is known
    """
    found = Conditions(until)
    whose = "s.household::text"
    found.parts += [COUNTS, found.under("s.division_code", [code[:VILLAGE]]), "r.received_at < $1"]
    if units is None:
        found.parts.append("s.household IS NOT NULL")
    else:
        whose = "coalesce(s.household::text, encode(s.contact_phone_index, 'hex'), s.id::text)"
        found.add("s.unit = ANY({}::uuid[])", list(units))
    told_as = _told_as(found, measures)
    return await fetch(
        f"""
        WITH farm AS (
            SELECT m.code, extract(year FROM {_DAY})::int AS year, {whose} AS whose, avg(r.judged_value) AS mean,
                   count(*) AS n
            FROM laboratory_sample s JOIN laboratory_result r ON r.sample = s.id JOIN {told_as} ON m.told = r.analyte
            WHERE {found.sql} GROUP BY 1, 2, 3
        )
        SELECT code, year, count(*) AS farms, avg(mean) AS mean, sum(n)::bigint AS n FROM farm
        GROUP BY code, year ORDER BY code, year
        """,
        *found.values,
    )


async def villages(*, units: Sequence[UUID], oversees: Iterable[str]) -> Sequence[Row]:
    """Villages with soil samples that these desks tested, or that lie in this territory: code, name, how many."""
    found = Conditions(list(units))
    overseen = found.under("s.division_code", oversees)
    return await fetch(
        f"""
        WITH sampled AS (
            SELECT left(s.division_code, {VILLAGE}) AS code, count(*) AS n FROM laboratory_sample s
            WHERE s.kind = 'soil' AND s.state = 'received' AND (s.unit = ANY($1::uuid[]) OR {overseen}) GROUP BY 1
        )
        SELECT d.code, d.name, sampled.n FROM sampled
        JOIN territory_division d ON d.code = sampled.code AND d.valid_to IS NULL AND d.level = 'village'
        ORDER BY d.code
        """,
        *found.values,
    )


async def farms_of_villages(county: str, measure: Measure, *, begins: datetime, until: datetime) -> dict[str, Farms]:
    """The farms of a county's villages by 12 digits: those with a card, in the village of their card, each once.

    Of a field the newest test counts, of a farm the mean of its fields.
    """
    found = Conditions(list(measure.told_as), begins, until)
    found.parts.append(found.under("s.division_code", [county]))
    rows = await fetch(
        f"""
        WITH field AS (
            SELECT DISTINCT ON (s.household, coalesce(s.plot, ''))
                   s.household, left(s.division_code, {VILLAGE}) AS village, r.judged_value AS value
            FROM laboratory_sample s JOIN laboratory_result r ON r.sample = s.id
            JOIN people_household h ON h.id = s.household
            WHERE {COUNTS} AND r.analyte = ANY($1) AND s.received_at >= $2 AND r.received_at < $3 AND {found.sql}
              AND left(h.division_code, {VILLAGE}) = left(s.division_code, {VILLAGE})
              AND right(left(s.division_code, {VILLAGE}), 3) <> '000'
            ORDER BY s.household, coalesce(s.plot, ''), s.received_at DESC, r.received_at DESC, r.id
        ), farm AS (SELECT household, village, avg(value) AS mean FROM field GROUP BY household, village)
        SELECT village, count(*) AS n, sum(mean) AS total FROM farm GROUP BY village
        """,
        *found.values,
    )
    return {row["village"]: Farms(row["n"], Decimal(row["total"])) for row in rows}


async def counties_with_studios() -> Sequence[Row]:
    """Counties that have a studio: code and name."""
    return await fetch(
        f"""
        SELECT DISTINCT c.code, c.name FROM people_unit u JOIN territory_division d ON d.id = u.division
        JOIN territory_division c ON c.code = rpad(left(d.code, {COUNTY}), 12, '0') AND c.valid_to IS NULL
        WHERE u.kind = 'studio' AND u.closed_at IS NULL AND c.level = 'county' ORDER BY c.code
        """
    )


async def places(codes: Sequence[str]) -> dict[str, Row]:
    """Code, name, longitude and latitude (WGS-84, or null) of today's divisions, by the code without its noughts."""
    rows = await fetch(
        "SELECT p.place, d.code, d.name, d.longitude, d.latitude FROM unnest($1::text[]) AS p (place) "
        "JOIN territory_division d ON d.code = rpad(p.place, 12, '0') AND d.valid_to IS NULL",
        list(codes),
    )
    return {row["place"]: row for row in rows}
