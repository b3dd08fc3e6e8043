"""What this room forgets and when. A result stays as a fact without a story: what was found, in what, where and when.

After 36 months a sample's contact, field, words, slip and reports' texts go, and with them the key of the file that an
instrument wrote, so that nothing opens the original. Which household's it was stays, as long as its card does: for
trends over the years.
"""

from backend.laboratory.sample_tables import SAMPLED_36_DAYS
from backend.people.retention import BATCH, rule

NUMBER_DAYS = 90
NONCE_DAYS = 1
"""Many times the window in which a post of an instrument may come."""


def _of_old_samples(table: str, *, emptied: str, while_there: str) -> str:
    """Empty columns of rows whose sample came before the day."""
    return f"""
    WITH old AS (
        SELECT t.id FROM {table} t JOIN laboratory_sample s ON s.id = t.sample
        WHERE s.received_at < $1 AND {while_there} LIMIT {BATCH}
    )
    UPDATE {table} SET {emptied} WHERE id IN (SELECT id FROM old)
    """


def _of_old(table: str, *, moment: str, emptied: str, while_there: str) -> str:
    """Empty columns of rows that are older than the day themselves."""
    return f"""
    UPDATE {table} SET {emptied} WHERE id IN (
        SELECT id FROM {table} WHERE {moment} < $1 AND {while_there} LIMIT {BATCH})
    """


rule(
    "laboratory.samples",
    days=SAMPLED_36_DAYS,
    statement=_of_old(
        "laboratory_sample",
        moment="received_at",
        emptied="contact_name_sealed = NULL, contact_phone_sealed = NULL, contact_phone_index = NULL, "
        "market_lot = NULL, plot = NULL, note = NULL, slip_sha256 = NULL",
        while_there="(contact_name_sealed IS NOT NULL OR contact_phone_sealed IS NOT NULL OR market_lot IS NOT NULL "
        "OR plot IS NOT NULL OR note IS NOT NULL OR slip_sha256 IS NOT NULL)",
    ),
)
rule(
    "laboratory.held_samples",
    days=SAMPLED_36_DAYS,
    statement=_of_old(
        "laboratory_sample",
        moment="received_at",
        emptied="code = left(id::text, 8)",
        while_there="state <> 'received' AND code <> left(id::text, 8)",  # as a file said it: perhaps a name
    ),
)
rule(
    "laboratory.hand_overs",
    days=SAMPLED_36_DAYS,
    statement=_of_old_samples("laboratory_hand_over", emptied="note = NULL", while_there="t.note IS NOT NULL"),
)
rule(
    "laboratory.reports",
    days=SAMPLED_36_DAYS,
    statement=_of_old_samples("laboratory_report", emptied="contents = NULL", while_there="t.contents IS NOT NULL"),
)
rule(
    "laboratory.signed_notes",
    days=SAMPLED_36_DAYS,
    statement=_of_old_samples(
        "laboratory_fertiliser_advice", emptied="signed_note = NULL", while_there="t.signed_note IS NOT NULL"
    ),
)
rule(
    "laboratory.consents",
    days=SAMPLED_36_DAYS,
    statement=f"""
    DELETE FROM laboratory_consent WHERE id IN (
        SELECT k.id FROM laboratory_consent k WHERE k.at < $1 AND NOT EXISTS (
            SELECT FROM laboratory_consent newer WHERE newer.sample = k.sample AND newer.at >= $1) LIMIT {BATCH})
    """,
)
rule(
    "laboratory.results",
    days=SAMPLED_36_DAYS,
    statement=_of_old(
        "laboratory_result",
        moment="received_at",
        emptied="sample_said = NULL",
        while_there="sample_said IS NOT NULL",
    ),
)
rule(
    "laboratory.retests",
    days=SAMPLED_36_DAYS,
    statement=_of_old("laboratory_retest", moment="asked_at", emptied="reason = ''", while_there="reason <> ''"),
)
rule(
    "laboratory.second_looks",
    days=SAMPLED_36_DAYS,
    statement=_of_old(
        "laboratory_second_look", moment="asked_at", emptied="remark = NULL", while_there="remark IS NOT NULL"
    ),
)
rule(
    "laboratory.runs",
    days=SAMPLED_36_DAYS,
    statement=_of_old("laboratory_run", moment="started_at", emptied="note = NULL", while_there="note IS NOT NULL"),
)
rule(
    "laboratory.imports",
    days=SAMPLED_36_DAYS,
    statement=_of_old(
        "laboratory_import",
        moment="received_at",
        emptied="file_name = '', key_sealed = NULL",
        while_there="(key_sealed IS NOT NULL OR file_name <> '')",
    ),
)
rule(
    "laboratory.nonces",
    days=NONCE_DAYS,
    statement=f"""
    DELETE FROM laboratory_nonce WHERE id IN (SELECT id FROM laboratory_nonce WHERE at < $1 LIMIT {BATCH})
    """,
)
rule(
    "laboratory.numbers_written_to",
    days=NUMBER_DAYS,
    statement=f"""
    UPDATE push_address SET dead_at = now(), dead_reason = 'matter_closed' WHERE id IN (
        SELECT a.id FROM push_address a JOIN laboratory_sample s ON s.id = a.subject
        WHERE a.subject_kind = 'citizen' AND a.dead_at IS NULL AND greatest(s.received_at, s.last_result_at) < $1
        LIMIT {BATCH})
    """,
)
