"""Nothing personal is kept for ever: dated rules, run once a day, each run reported.

A room registers its rules as data when it is imported:

    retention.rule("visits.notes", days=731, statement="UPDATE … SET note = NULL WHERE at < $1 AND note IS NOT NULL")
    retention.rule("visits.points", days=90, statement=retention.coarsened("visits_visit", moment="occurred_at"))

A statement takes the cut-off as $1 and is run until it touches no row: it must not match the rows it has dealt with,
and one over a large table takes a few thousand at a time. Each round is a transaction of its own with its part of the
report.
"""

import re
from datetime import timedelta

import msgspec
import structlog

from backend.core import clock, ids
from backend.core.database import connection, transaction
from backend.core.jobs import schedule
from backend.people.tables import RetentionRun
from backend.territory.coordinates import CELL_DEGREES, CELL_ROWS

log = structlog.get_logger()

BATCH = 5_000


class Rule(msgspec.Struct, frozen=True):
    """What happens to rows older than so many days."""

    name: str
    days: int
    statement: str


class RuleReport(msgspec.Struct, frozen=True):
    """What one rule did in one run."""

    rule: str
    rows: int


class RetentionFailed(RuntimeError):
    """Some rules did not go through; the others did. The job is tried again."""


_rules: dict[str, Rule] = {}


def rule(name: str, *, days: int, statement: str) -> None:
    """Register a rule under a name of its own, `room.what`."""
    if name in _rules:
        raise RuntimeError(f"Two retention rules are called {name}")
    _rules[name] = Rule(name, days, statement)


def rules() -> tuple[Rule, ...]:
    """Every registered rule, for the privacy page and the check against the field register."""
    return tuple(_rules.values())


def coarsened(table: str, *, moment: str) -> str:
    """The statement that moves precise points to the middle of their 1 km cell and drops what else tells of a place.

    table   carries `territory.tables.Located`, a key `id` and a boolean `coarse`
    moment  the column whose age counts

    The cell is `territory.coordinates.cell_1km`, here in SQL because a county has five million points.
    """
    return _COARSENED.format(
        table=_name(table), moment=_name(moment), cell=repr(CELL_DEGREES), rows=CELL_ROWS - 1, batch=BATCH
    )


_COARSENED = """
WITH old AS (
    SELECT id, longitude, (least({rows}, floor((latitude + 90) / {cell}::float8)) + 0.5) * {cell}::float8 - 90 AS middle
    FROM {table} WHERE {moment} < $1 AND NOT coarse AND longitude IS NOT NULL
    ORDER BY {moment} LIMIT {batch} FOR UPDATE SKIP LOCKED
), ringed AS (
    SELECT id, longitude, middle, greatest(1, round(360 * cos(radians(middle)) / {cell}::float8)) AS columns FROM old
)
UPDATE {table} AS t SET coarse = TRUE,
    longitude = round(
        ((floor((r.longitude + 180) / 360 * r.columns)::int % r.columns::int + 0.5)
         * 360 / r.columns - 180)::numeric, 7),
    latitude = round(r.middle::numeric, 7),
    crs = NULL, original_longitude = NULL, original_latitude = NULL,
    accuracy_m = NULL, fixed_at = NULL, provider = NULL, mock = NULL
FROM ringed r WHERE t.id = r.id
"""


def _name(word: str) -> str:
    if not re.fullmatch(r"[a-z_]+", word):
        raise ValueError(f"Not a name: {word}")
    return word


@schedule("people/retention", "7 2 * * *")
async def run_retention() -> None:
    """The daily run, at 02:07 in Shandong. Raises RetentionFailed after trying every rule."""
    failed = []
    for each in rules():
        try:
            await apply_rule(each)
        except Exception as error:
            log.error("retention rule failed", rule=each.name, exc_info=error)
            failed.append(each.name)
    if failed:
        raise RetentionFailed(", ".join(failed))


async def apply_rule(each: Rule) -> RuleReport:
    """Run one rule to its end; a `RetentionRun` row says how many rows it dealt with."""
    run = RetentionRun(
        id=ids.uuid7(), rule=each.name, ran_at=clock.now(), cut_off=clock.now() - timedelta(days=each.days), rows=0
    )
    await RetentionRun.insert(run)
    total = 0
    while touched := await _round(each, run):
        total += touched
    return RuleReport(each.name, total)


@transaction
async def _round(each: Rule, run: RetentionRun) -> int:
    async with connection() as current:
        status = await current.execute(each.statement, run.cut_off)
    touched = int(status.rpartition(" ")[2])
    await RetentionRun.update({RetentionRun.rows: RetentionRun.rows + touched}).where(RetentionRun.id == run.id)
    return touched
