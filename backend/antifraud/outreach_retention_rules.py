"""What outreach forgets by its age. A round's doors go with the round (`rounds`), which is sooner."""

from backend.people.retention import BATCH, rule

CHECK_DAYS = 731

rule(
    "antifraud.checks",
    days=CHECK_DAYS,
    statement=f"""
    UPDATE antifraud_check SET finding = '', fixed_note = NULL WHERE id IN (
        SELECT id FROM antifraud_check WHERE recorded_at < $1 AND (finding <> '' OR fixed_note IS NOT NULL)
        LIMIT {BATCH})
    """,
)
