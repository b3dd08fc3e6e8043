"""Policies in force: a class of matters, a kind of clock, and the limit on a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from backend.core.clock import today
from backend.core.database import fetch
from backend.core.words import language
from backend.deadlines import staffed_hours
from backend.deadlines.limits import ClockKind, Limit
from backend.deadlines.refusals import PolicyUnknown
from backend.deadlines.schemas import DeadlinePolicyRecord


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A row in force."""

    id: UUID
    code: str
    kind: str
    name_zh: str
    name_en: str
    clock: ClockKind | None
    amount: int | None
    expected_amount: int | None
    hours: str | None
    expedite_percents: list[int]
    ladder: str
    valid_from: date
    source: str

    @property
    def limit(self) -> Limit | None:
        """What the rules reckon with; None where the time is only measured."""
        return limit_of(self)

    @property
    def shares(self) -> list[int]:
        """At which shares of the clock a notice is sent; none where there is no limit."""
        return self.expedite_percents if self.limit else []


def limit_of(row: Any) -> Limit | None:
    """The limit that a policy's columns say; `row` has them as attributes."""
    if row.clock is None or row.amount is None:
        return None
    hours = staffed_hours.parse(row.hours) if row.hours else None
    return Limit(clock=ClockKind(row.clock), amount=row.amount, expected=row.expected_amount, hours=hours)


class Terms(msgspec.Struct, frozen=True):
    """What clocks are started under: a policy for each, and the newest calendar's number (0: none is loaded)."""

    policies: list[Policy]
    calendar: int


async def in_force(*, code: str, kind: str, on: date | None = None) -> Policy:
    """The policy of a class and a kind of clock on a day. Raises PolicyUnknown (404)."""
    return (await terms_of([(code, kind, on or today())])).policies[0]


async def terms_of(asked: Sequence[tuple[str, str, date]]) -> Terms:
    """The same for several (class, kind, day), with the calendar, in one question. Raises PolicyUnknown (404)."""
    codes, kinds, days = (list(column) for column in zip(*asked, strict=True))
    rows = await fetch(_IN_FORCE_OF, codes, kinds, days)
    for code, kind in [(row["asked_code"], row["asked_kind"]) for row in rows if row["id"] is None]:
        raise PolicyUnknown("There is no policy {code} for {kind}. See the list of policies.", code=code, kind=kind)
    return Terms([policy_of(row) for row in rows], rows[0]["calendar"])


async def list_policies(*, on: date | None = None) -> list[DeadlinePolicyRecord]:
    """All that are in force on a day, in the reader's language."""
    rows = await fetch(f"{_IN_FORCE} ORDER BY code, kind, valid_from DESC", on or today())
    return [_record(policy_of(row)) for row in rows]


def policy_of(row: Mapping[str, Any]) -> Policy:
    """A row of the table as a Policy."""
    return msgspec.convert(dict(row), Policy)


_COLUMNS = """id, code, kind, name_zh, name_en, clock, amount, expected_amount, hours, expedite_percents, ladder,
       valid_from, source"""
_IN_FORCE_OF = f"""
SELECT a.code AS asked_code, a.kind AS asked_kind, p.*,
       (SELECT coalesce(max(version), 0) FROM deadlines_calendar) AS calendar
FROM unnest($1::text[], $2::text[], $3::date[]) WITH ORDINALITY AS a(code, kind, day, place)
LEFT JOIN LATERAL (
    SELECT {_COLUMNS} FROM deadlines_policy p WHERE p.code = a.code AND p.kind = a.kind AND p.valid_from <= a.day
    ORDER BY p.valid_from DESC LIMIT 1
) p ON TRUE ORDER BY a.place
"""
_IN_FORCE = f"""
SELECT DISTINCT ON (code, kind) {_COLUMNS}
FROM deadlines_policy WHERE valid_from <= $1
"""


def _record(policy: Policy) -> DeadlinePolicyRecord:
    plain = msgspec.structs.asdict(policy)
    name = plain.pop("name_zh"), plain.pop("name_en")
    return DeadlinePolicyRecord(**plain, name=name[0] if language.get() == "zh" else name[1])
