"""The statement that looks a visit up, put together of the parts that it asks for."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.visits.lookup_parts import OF_HOUSEHOLD, PARTS
from backend.visits.schemas import NewVisit
from backend.visits.tables import Channel

ASKED = {
    "visit_id": "uuid",
    "household_id": "uuid",
    "household_code": "text",
    "division_code": "text",
    "campaign_code": "text",
    "campaign_kind": "text",
    "team_number": "int",
    "device_id": "uuid",
    "occurred_at": "timestamptz",
    "day": "date",
    "located": "bool",
}
"""What a visit says, and its type in PostgreSQL: the columns of `a`."""


def values_of(visit_id: UUID, new: NewVisit, device_id: UUID | None) -> tuple[Any, ...]:
    """What a visit says, in the order of ASKED."""
    return (
        visit_id,
        new.household_id,
        new.household_code,
        new.division_code,
        new.campaign_code,
        new.campaign_kind,
        new.service_team,
        new.device_id or device_id,
        new.occurred_at,
        clock.local(new.occurred_at).date(),
        new.point is not None and new.channel == Channel.VISIT,
    )


def parts_for(asked: Sequence[tuple[Any, ...]]) -> tuple[str, ...]:
    """The parts that one of these visits needs."""
    return tuple(part for part in PARTS if any(_needs(part, one) for one in asked))


def _needs(part: str, asked: tuple[Any, ...]) -> bool:
    return any(value for name, value in zip(ASKED, asked, strict=True) if name in PARTS[part].asked_by)


@cache
def statement(parts: tuple[str, ...], many: bool) -> str:
    """The statement for these parts, of one visit or of an array of them; after ASKED come the person and today.

    Only what is asked for, and plain parameters for one visit: then PostgreSQL keeps one plan. Over arrays it takes its
    guess of their length for worse than planning anew, and planning all parts each time cost 0.9 ms of a visit's 1.5.
    """
    columns = ["v.arguments_digest AS stored_digest"]
    for name, part in PARTS.items():
        columns += [f"{sql if name in parts else _NOTHING.get(of, 'NULL')} AS {of}" for of, sql in part.columns.items()]
    joins = "".join(PARTS[name].join for name in parts)
    joins = joins.format(of_household=OF_HOUSEHOLD if "household" in parts else "")
    order = "ORDER BY a.position" if many else ""
    who = f"(SELECT ${len(ASKED) + 1}::uuid AS person_id, ${len(ASKED) + 2}::date AS today) who"
    source = f"{_source(many)} CROSS JOIN {who} LEFT JOIN visits_visit v ON v.id = a.visit_id"
    return f"SELECT {', '.join(columns)} FROM {source} {joins} {order}"


_NOTHING = {"serves": "FALSE"}


def _source(many: bool) -> str:
    names = ", ".join(ASKED)
    if not many:
        return f"(VALUES ({', '.join(f'${i}::{kind}' for i, kind in enumerate(ASKED.values(), 1))})) AS a({names})"
    arrays = ", ".join(f"${i}::{kind}[]" for i, kind in enumerate(ASKED.values(), 1))
    return f"unnest({arrays}) WITH ORDINALITY AS a({names}, position)"
