"""What a supervisor sees of warnings: where each stands and since when, how soon they are taken. Never whom about."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from backend.antifraud import warning_queries as queries
from backend.antifraud.warning_figures import WarningFigures, warning_figures
from backend.antifraud.warning_refusals import NotYourDivision
from backend.antifraud.warning_schemas import FraudWarningRecord
from backend.antifraud.warning_words import WarningState
from backend.antifraud.words import WarningLevel
from backend.core.database import fetch
from backend.people.actors import OVERSEERS, Actor, Scope, visible_to
from backend.territory.queries import SUBTREE
from backend.territory.rules import prefix_of

STANDING = (WarningState.OPEN, WarningState.ACKNOWLEDGED)
_URGENT_FIRST = f"""
ORDER BY w.state = 'closed', w.state <> 'open', w.purged_at IS NOT NULL,
         array_position(ARRAY[{", ".join(f"'{each}'" for each in WarningLevel)}], w.level::text),
         CASE WHEN w.state <> 'closed' THEN w.received_at END, w.received_at DESC, w.id
"""


async def oversee_warnings(
    *, by: Actor, under: str | None, states: Sequence[WarningState], limit: int
) -> list[FraudWarningRecord]:
    """Warnings of a territory: those nobody took first, the gravest of them before; closed ones last, the newest first.

    under  a division of it, or all

    Raises Forbidden, NotYourDivision (403).
    """
    scope = _scope(by, under)
    clause, values = scope.clause("w.division_code", 3)
    inside = SUBTREE.format(n=3 + len(values)).replace("d.prefix", "w.division_code") if under else "TRUE"
    rows = await fetch(
        f"{queries.COLUMNS} WHERE {clause} AND {inside} AND w.state = ANY($1) {_URGENT_FIRST} LIMIT $2",
        *([each.value for each in states], limit, *values, *([prefix_of(under)] if under else [])),
    )
    return [queries.record(row) for row in rows]


async def standing_by_level(*, by: Actor, under: str | None) -> dict[WarningLevel, Mapping[WarningState, int]]:
    """How many stand open and how many are taken, exercises among them. Raises Forbidden, NotYourDivision (403)."""
    clause, values = _scope(by, under).clause("w.division_code", 1)
    inside = SUBTREE.format(n=1 + len(values)).replace("d.prefix", "w.division_code") if under else "TRUE"
    rows = await fetch(
        f"SELECT w.level, w.state, count(*) AS n FROM antifraud_warning w WHERE {clause} AND {inside} "
        "AND w.state <> 'closed' AND w.purged_at IS NULL GROUP BY w.level, w.state",
        *(*values, *([prefix_of(under)] if under else [])),
    )
    counted: dict[tuple[Any, Any], int] = {(row["level"], row["state"]): row["n"] for row in rows}
    return {level: {state: counted.get((level, state), 0) for state in STANDING} for level in WarningLevel}


async def figures_of(*, by: Actor, under: str, since: date, until: date) -> WarningFigures:
    """Time to take a warning and warnings per assistant-day of a place. Raises Forbidden, NotYourDivision (403)."""
    _scope(by, under)
    return await warning_figures(prefix=prefix_of(under), since=since, until=until)


def _scope(by: Actor, under: str | None) -> Scope:
    by.must_have(*OVERSEERS)
    scope = visible_to(by)
    if under is not None and not scope.covers(prefix_of(under)):
        raise NotYourDivision("Division {code} lies outside your territory.", code=under)
    return scope
