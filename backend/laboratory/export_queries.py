"""Results that one reader may carry away, with their samples, in the order in which samples came."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch
from backend.laboratory.visibility import SHARES, Conditions, LabReader
from backend.laboratory.words import SampleKind

Row = Mapping[str, Any]
MOST = 20_000
"""Results in one answer: a studio's month, and a file that a desktop opens."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What to export: one sample, or those received from `since` up to `until`.

    for_partner   only what may be told on: a farmer's free sample only if he agreed to share
    """

    sample_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    kind: SampleKind | None = None
    for_partner: bool = False


async def results(wanted: Wanted, *, reader: LabReader) -> Sequence[Row]:
    """At most MOST and one more. Held samples are left out: nobody knows yet whose they are."""
    found = Conditions()
    found.add("s.state = 'received'")
    found.add(found.seen_by(reader)).add(found.read_by(reader))
    if wanted.sample_id is not None:
        found.add("s.id = {}", wanted.sample_id)
    if wanted.since is not None:
        found.add("s.received_at >= {}", wanted.since)
    if wanted.until is not None:
        found.add("s.received_at < {}", wanted.until)
    if wanted.kind is not None:
        found.add("s.kind = {}", wanted.kind.value)
    if wanted.for_partner:
        found.add(f"(s.run_kind = 'supervision' OR {SHARES})")
    return await fetch(f"{_RESULTS} WHERE {found.sql} {_ORDER} LIMIT {MOST + 1}", *found.values)


_RESULTS = """
SELECT r.id, r.analyte, r.analyte_text, r.method, r.method_code, r.comparator, r.value, r.unit_said, r.tc_ratio,
    r.judged_value, r.judged_unit, r.judged_limit, r.verdict, r.grade, r.ph_class, r.category, r.rule,
    r.instrument_verdict, r.instrument_disagrees, r.tested_at, r.received_at AS result_at, i.serial,
    s.id AS sample_id, s.code AS sample_code, s.kind, s.run_kind, s.unit, s.plot, s.crop_code, s.crop_said,
    s.depth_top_cm, s.depth_bottom_cm, s.sampled_on, s.received_at, s.division_code, h.code AS household_code,
    u.name AS studio, u.public_phone AS studio_phone
FROM laboratory_sample s JOIN laboratory_result r ON r.sample = s.id JOIN people_unit u ON u.id = s.unit
    LEFT JOIN people_household h ON h.id = s.household LEFT JOIN laboratory_instrument i ON i.id = r.instrument
"""
_ORDER = "ORDER BY s.received_at, s.id, coalesce(r.tested_at, r.received_at), r.line, r.id"
