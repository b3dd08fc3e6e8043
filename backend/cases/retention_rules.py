"""What this room forgets and when, in the words of its tables' registers. The chain of what was forgotten still holds.

A case stays for ever as a fact without a story: what kind of thing, where, who acted, how long it took.
"""

from backend.cases.tables import CLOSED_24_DAYS
from backend.people.retention import BATCH, coarsened, rule

rule("cases.points", days=90, statement=coarsened("cases_case", moment="closed_at"))
rule(
    "cases.closed",
    days=CLOSED_24_DAYS,
    statement=f"""
    WITH old AS (
        SELECT id FROM cases_case WHERE closed_at < $1 AND title <> '' ORDER BY closed_at LIMIT {BATCH}
    ), lines AS (
        UPDATE cases_event e SET payload = NULL, salt = NULL FROM old WHERE e."case" = old.id AND e.payload IS NOT NULL
    )
    UPDATE cases_case c SET title = '', description = '', place_note = NULL, contact_name_sealed = NULL,
        contact_phone_sealed = NULL, contact_phone_index = NULL
    FROM old WHERE c.id = old.id
    """,
)
rule(
    "cases.receipt_attempts",
    days=1,
    statement="DELETE FROM cases_receipt_attempt WHERE last_failed_at < $1",
)
