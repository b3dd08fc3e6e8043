"""Rows as they are shown. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from backend.cases import numbers
from backend.cases.policies import case_policy
from backend.cases.rules import STAGES, steps_from
from backend.cases.schemas import (
    CaseRecord,
    CategoryShown,
    DivisionShown,
    PersonShown,
    TimelineLine,
    UnitShown,
)
from backend.cases.step_dating import DONE_AT, done_at
from backend.cases.words import CaseState
from backend.core import clock
from backend.deadlines.schemas import ClockRecord
from backend.territory.points import as_read

Row = Mapping[str, Any]

OURS = frozenset({"given", "given_in", DONE_AT})
"""What a payload holds for us alone, or a line says by itself."""

_AS_IT_IS = (
    *("id", "number", "channel", "kind", "title", "description", "place_note", "household_id", "household_code"),
    *("has_contact", "origin_room", "origin_id", "upstream_number", "upstream_due_at", "state", "state_since"),
    *("outcome", "satisfaction", "policy_code", "hops", "loop", "reopened_n", "merged_into", "opened_at"),
    *("received_at", "entered_late", "responded_at", "resolved_at", "closed_at", "version"),
)


def record(
    row: Row, *, clocks: list[ClockRecord], photo_ids: Sequence[UUID], timeline: list[TimelineLine] | None = None
) -> CaseRecord:
    """A row of `queries.shown` as staff read it."""
    state = CaseState(row["state"])
    facts = {name: row[name] for name in _AS_IT_IS} | {
        "number_said": numbers.grouped(row["number"]),
        "stage": STAGES[state],
        "category": CategoryShown(
            row["category_code"], row["category_zh"] or row["category_code"], row["category_en"] or row["category_code"]
        ),
        "division": DivisionShown(row["division_code"], row["division_name"]),
        "point": as_read(row),
        "owner_unit": unit(row["owner_unit"], row["owner_unit_name"], row["owner_unit_phone"]),
        "assignee_unit": unit(row["assignee_unit"], row["assignee_unit_name"], row["assignee_unit_phone"]),
        "assignee": person(row["assignee"], row["assignee_name"]),
        "second_hop": row["hops"] >= case_policy(clock.today()).hops_told,
        "opened_by": person(row["opened_by"], row["opened_by_name"]),
        "clocks": clocks,
        "steps": steps_from(state),
        "photo_ids": list(photo_ids),
        "timeline": timeline,
    }
    return msgspec.convert(facts, CaseRecord, from_attributes=True)


def line(row: Row) -> TimelineLine:
    """A line of a timeline as staff read it."""
    return TimelineLine(
        id=row["id"],
        seq=row["seq"],
        kind=row["kind"],
        public=row["public"],
        at=row["at"],
        done_at=done_at(row["payload"]),
        by=person(row["by"], row["by_name"]),
        by_unit=unit(row["by_unit"], row["unit_name"], row["unit_phone"]),
        said=said(row["payload"]),
        erased=row["payload"] is None,
    )


def said(payload: str | None) -> dict[str, Any] | None:
    """What a payload says to readers."""
    if payload is None:
        return None
    return {name: value for name, value in msgspec.json.decode(payload).items() if name not in OURS}


def unit(id: UUID | None, name: str | None, public_phone: str | None) -> UnitShown | None:
    """A unit, where there is one."""
    return None if id is None else UnitShown(id, name or "", public_phone)


def person(id: UUID | None, name: str | None) -> PersonShown | None:
    """A person, where there is one."""
    return None if id is None else PersonShown(id, name or "")
