"""What this room forgets of warnings, beside the key of each day (`purging`): even the dark bytes do not stay."""

from backend.antifraud.warning_tables import DAY_KEY_DAYS
from backend.people.retention import BATCH, rule

ERASED = "payload_sealed = NULL, reference_index = NULL, arguments_digest = ''"
ERASED_ATTEMPT = "note_sealed = NULL, arguments_digest = ''"

rule(
    "antifraud.warnings",
    days=DAY_KEY_DAYS,
    statement=f"""
    UPDATE antifraud_warning SET {ERASED} WHERE id IN (
        SELECT id FROM antifraud_warning WHERE received_at < $1 AND arguments_digest <> '' LIMIT {BATCH})
    """,
)
rule(
    "antifraud.attempts",
    days=DAY_KEY_DAYS,
    statement=f"""
    UPDATE antifraud_attempt SET {ERASED_ATTEMPT} WHERE id IN (
        SELECT t.id FROM antifraud_attempt t JOIN antifraud_warning w ON w.id = t.warning
        WHERE w.received_at < $1 AND t.arguments_digest <> '' LIMIT {BATCH})
    """,
)
