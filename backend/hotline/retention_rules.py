"""What the hotline forgets by its age. A survey's draws go when their wave closes, which is sooner."""

from backend.hotline.kept import MONTHS_6_DAYS, MONTHS_24_DAYS
from backend.people.retention import BATCH, rule

rule(
    "hotline.calls",
    days=MONTHS_6_DAYS,
    statement=f"""
    UPDATE hotline_call SET caller_sealed = NULL, caller_index = NULL, answer = NULL WHERE id IN (
        SELECT id FROM hotline_call WHERE began_at < $1
        AND (caller_sealed IS NOT NULL OR caller_index IS NOT NULL OR answer IS NOT NULL) LIMIT {BATCH})
    """,
)
rule(
    "hotline.texts",
    days=MONTHS_6_DAYS,
    statement=f"""
    UPDATE hotline_text SET sender_sealed = NULL, sender_index = NULL, body_sealed = NULL WHERE id IN (
        SELECT id FROM hotline_text WHERE received_at < $1
        AND (sender_sealed IS NOT NULL OR sender_index IS NOT NULL OR body_sealed IS NOT NULL) LIMIT {BATCH})
    """,
)
rule(
    "hotline.callbacks",
    days=MONTHS_24_DAYS,
    statement=f"""
    UPDATE hotline_callback SET satisfaction = NULL, remark = NULL WHERE id IN (
        SELECT id FROM hotline_callback WHERE closed_at < $1
        AND (satisfaction IS NOT NULL OR remark IS NOT NULL) LIMIT {BATCH})
    """,
)
rule(
    "hotline.transfers",
    days=MONTHS_24_DAYS,
    statement=f"""
    UPDATE hotline_transfer SET reason = '', returned_because = NULL WHERE id IN (
        SELECT id FROM hotline_transfer WHERE offered_at < $1
        AND (reason <> '' OR returned_because IS NOT NULL) LIMIT {BATCH})
    """,
)
rule(
    "hotline.shift_notes",
    days=MONTHS_6_DAYS,
    statement=f"""
    UPDATE hotline_shift_note SET text = '' WHERE id IN (
        SELECT id FROM hotline_shift_note WHERE written_at < $1 AND text <> '' LIMIT {BATCH})
    """,
)
rule(
    "hotline.firm_cases",
    days=MONTHS_24_DAYS,
    statement=f"""
    UPDATE hotline_firm_case SET endorsement = NULL, result = NULL WHERE id IN (
        SELECT id FROM hotline_firm_case WHERE closed_at < $1
        AND (endorsement IS NOT NULL OR result IS NOT NULL) LIMIT {BATCH})
    """,
)
rule(
    "hotline.unit_talks",
    days=MONTHS_24_DAYS,
    statement=f"""
    UPDATE hotline_unit_talk SET reason = '', agreed = '', fixed_note = NULL WHERE id IN (
        SELECT id FROM hotline_unit_talk WHERE recorded_at < $1
        AND (reason <> '' OR agreed <> '' OR fixed_note IS NOT NULL) LIMIT {BATCH})
    """,
)
