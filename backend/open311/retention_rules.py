"""What this room forgets and when. That something was sent, to whom and which fields stays; what it said goes."""

from backend.open311.tables import KEPT_DAYS
from backend.people.retention import BATCH, rule

rule(
    "open311.deliveries",
    days=KEPT_DAYS,
    statement=f"""
    UPDATE open311_delivery SET body = NULL WHERE id IN (
        SELECT id FROM open311_delivery WHERE made_at < $1 AND body IS NOT NULL ORDER BY made_at LIMIT {BATCH}
    )
    """,
)
rule(
    "open311.references",
    days=731,
    statement=f"""
    UPDATE open311_filing SET reference = NULL WHERE id IN (
        SELECT id FROM open311_filing WHERE filed_at < $1 AND reference IS NOT NULL ORDER BY filed_at LIMIT {BATCH}
    )
    """,
)
