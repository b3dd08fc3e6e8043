"""Rows that are no readings: not as many cells as columns, columns that disagree, a run's blank or control."""

import re

from backend.laboratory.columns import Meanings
from backend.laboratory.readings import Unread
from backend.laboratory.rows import Row
from backend.laboratory.taken import MAX_SEEN, seen_at

CONTROL = re.compile(r"(空白|对照|空白对照|阴性对照|阳性对照|质控|质控样|ck|blank|control)[-_ ]?\d{0,4}", re.IGNORECASE)
"""A run's blank and controls stand among its samples; they are no farmer's."""


def refused(columns: Meanings, row: Row, told: list[str]) -> Unread | None:
    """Why there is no reading in this row; `told` are its cells, cleaned."""
    return _count_wrong(columns, row, told) or _disagreeing(columns, row, told) or _control(columns, row, told)


def _count_wrong(columns: Meanings, row: Row, told: list[str]) -> Unread | None:
    have, want = len(told), len(columns.headings)
    if not row.whole:
        return Unread(line=row.line, reason="undecodable", sheet=row.sheet)
    if have < want and row.exact:
        return Unread(
            line=row.line, reason="too_few_columns", column=columns.headings[have].text, seen=f"{have}/{want}"
        )
    if have > want and any(told[want:]):
        return Unread(
            line=row.line, reason="too_many_columns", column=str(want + 1), seen=f"{have}/{want}", sheet=row.sheet
        )
    return None


def _disagreeing(columns: Meanings, row: Row, told: list[str]) -> Unread | None:
    """A header that stands twice, with two different values under it: which one counts nobody can know."""
    for field, at in columns.twice:
        values = {told[i] for i in at if i < len(told) and told[i]}
        if len(values) > 1 and field not in ("contact", "ignored"):
            return Unread(
                line=row.line,
                reason="columns_disagree",
                column=columns.headings[at[1]].text,
                seen=seen_at(columns, told, at[1]),
                sheet=row.sheet,
            )
    return None


def _control(columns: Meanings, row: Row, told: list[str]) -> Unread | None:
    name = next((told[i] for i in columns.at.get("sample_name", ()) if i < len(told)), "")
    if not CONTROL.fullmatch(name):
        return None
    return Unread(line=row.line, reason="control_row", seen=name[:MAX_SEEN], sheet=row.sheet)
