"""What a farmer's slip reads of his sample: a handful of statements, each by an index on the sample."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.laboratory.visibility import SHARES

Row = Mapping[str, Any]


async def sample(id: UUID) -> Row | None:
    """The sample with its desk and where it is; the desk's telephone, else that of the unit above it."""
    return await fetch_row(_SAMPLE, id)


_SAMPLE = f"""
SELECT s.id, s.code, s.kind, s.run_kind, s.crop_code, s.crop_said, s.plot, s.sampled_on, s.received_at, s.wants_call,
    s.contact_phone_sealed IS NOT NULL OR s.household IS NOT NULL AS reachable, {SHARES} AS shares,
    u.name AS studio, coalesce(u.public_phone, p.public_phone) AS studio_phone,
    d.name AS drop_off, h.name AS holder, s.holder IS NOT DISTINCT FROM s.unit AS at_bench
FROM laboratory_sample s JOIN people_unit u ON u.id = s.unit
    LEFT JOIN people_unit p ON p.id = u.parent AND p.closed_at IS NULL
    LEFT JOIN people_unit d ON d.id = s.drop_off LEFT JOIN people_unit h ON h.id = s.holder
WHERE s.id = $1 AND s.state = 'received'
"""


async def results(sample_id: UUID) -> Sequence[Row]:
    """What was measured, the oldest first; `again`: [[kind, state], …] of what was asked to be measured again."""
    return await fetch(_RESULTS, sample_id)


_RESULTS = """
SELECT r.id, r.analyte, r.analyte_text, r.method, r.comparator, r.value, r.unit_said, r.tc_ratio, r.control_line,
    r.verdict, r.grade, r.ph_class, r.category, r.judged_value, r.judged_unit, r.judged_limit, r.ban_found,
    r.instrument_verdict, r.instrument_disagrees, r.reasons, r.rule, r.judged_at,
    coalesce(r.tested_at, r.received_at) AS at,
    coalesce((SELECT json_agg(json_build_array(t.kind, t.state) ORDER BY t.kind, t.number)
        FROM laboratory_retest t WHERE t.result = r.id), '[]') AS again
FROM laboratory_result r WHERE r.sample = $1 ORDER BY coalesce(r.tested_at, r.received_at), r.id
"""


async def way(sample_id: UUID) -> Sequence[Row]:
    """Where it was brought to, the first first."""
    return await fetch(
        "SELECT o.at, u.name AS to_unit, o.temperature_c FROM laboratory_hand_over o "
        "JOIN people_unit u ON u.id = o.to_unit WHERE o.sample = $1 ORDER BY o.at, o.id",
        sample_id,
    )


async def report(sample_id: UUID) -> Row | None:
    """The report that counts."""
    return await fetch_row(
        "SELECT number, issued_at FROM laboratory_report WHERE sample = $1 AND superseded_by IS NULL "
        "AND contents IS NOT NULL ORDER BY issued_at DESC LIMIT 1",
        sample_id,
    )


async def advice(sample_id: UUID) -> Sequence[Row]:
    """Advice on fertiliser that was not taken back, the newest first."""
    return await fetch(
        "SELECT a.crop_code, a.nutrient, a.fertiliser, a.advice, a.signed_at, a.signed_note, p.name AS signed_by "
        "FROM laboratory_fertiliser_advice a LEFT JOIN people_person p ON p.id = a.signed_by "
        "WHERE a.sample = $1 AND a.withdrawn_at IS NULL ORDER BY a.made_at DESC, a.id",
        sample_id,
    )


async def consent_to_share(sample_id: UUID) -> Row | None:
    """The last line about sharing."""
    return await fetch_row(
        "SELECT given, at FROM laboratory_consent WHERE sample = $1 AND purpose = 'share' "
        "ORDER BY at DESC, id DESC LIMIT 1",
        sample_id,
    )
