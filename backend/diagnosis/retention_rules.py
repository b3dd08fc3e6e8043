"""What this room forgets and when. A request stays as a fact without a story: which crop, what it had, where, how long.

Figures of the field (area, value saved) stay with the case; words go when the case's words go.
"""

from backend.cases.tables import CLOSED_24_DAYS
from backend.people.retention import BATCH, rule

ROUTED_DAYS = 731
NUMBER_DAYS = 90
TURN_DAYS = 31
LIKENESS_DAYS = 183
"""A season: afterwards a pair only tells that it was the same farmer who asked twice."""


def _of_closed(table: str, *, key: str, emptied: str, while_there: str) -> str:
    """Empty columns of rows whose case was closed before the day."""
    return f"""
    WITH old AS (
        SELECT t.id FROM {table} t JOIN cases_case c ON c.id = t.{key}
        WHERE c.closed_at < $1 AND {while_there} LIMIT {BATCH}
    )
    UPDATE {table} SET {emptied} WHERE id IN (SELECT id FROM old)
    """


rule(
    "diagnosis.requests",
    days=CLOSED_24_DAYS,
    statement=_of_closed(
        "diagnosis_request",
        key="id",
        emptied="weather_note = NULL, treatments = NULL",
        while_there="(t.weather_note IS NOT NULL OR t.treatments IS NOT NULL)",
    ),
)
rule(
    "diagnosis.questions",
    days=CLOSED_24_DAYS,
    statement=_of_closed(
        "diagnosis_question", key="request", emptied="words = '', answer = NULL", while_there="t.words <> ''"
    ),
)
rule(
    "diagnosis.answers",
    days=CLOSED_24_DAYS,
    statement=_of_closed(
        "diagnosis_answer",
        key="request",
        emptied="diagnosis = '', differential = '[]', advice = '{}'",
        while_there="t.diagnosis <> ''",
    ),
)
rule(
    "diagnosis.second_opinions",
    days=CLOSED_24_DAYS,
    statement=_of_closed(
        "diagnosis_second_opinion", key="request", emptied="reason = ''", while_there="t.reason <> ''"
    ),
)
rule(
    "diagnosis.outcomes",
    days=CLOSED_24_DAYS,
    statement=_of_closed(
        "diagnosis_outcome",
        key="request",
        emptied="words = NULL, value_method = NULL",
        while_there="(t.words IS NOT NULL OR t.value_method IS NOT NULL)",
    ),
)
rule(
    "diagnosis.routings",
    days=ROUTED_DAYS,
    statement=f"""
    UPDATE diagnosis_routing SET candidates = '[]' WHERE id IN (
        SELECT id FROM diagnosis_routing WHERE at < $1 AND candidates <> '[]' LIMIT {BATCH})
    """,
)
rule(
    "diagnosis.offers",
    days=ROUTED_DAYS,
    statement=f"""
    UPDATE diagnosis_offer SET remark = NULL WHERE id IN (
        SELECT id FROM diagnosis_offer WHERE ended_at < $1 AND remark IS NOT NULL LIMIT {BATCH})
    """,
)
rule(
    "diagnosis.turns",
    days=TURN_DAYS,
    statement=f"""
    DELETE FROM diagnosis_turn WHERE id IN (
        SELECT id FROM diagnosis_turn WHERE on_day < ($1::timestamptz AT TIME ZONE 'Asia/Shanghai')::date LIMIT {BATCH})
    """,
)
rule(
    "diagnosis.likeness",
    days=LIKENESS_DAYS,
    statement=f"""
    DELETE FROM diagnosis_likeness WHERE id IN (
        SELECT id FROM diagnosis_likeness WHERE found_at < $1 LIMIT {BATCH})
    """,
)
rule(
    "diagnosis.numbers_written_to",
    days=NUMBER_DAYS,
    statement=f"""
    UPDATE push_address SET dead_at = now(), dead_reason = 'matter_closed' WHERE id IN (
        SELECT a.id FROM push_address a JOIN cases_case c ON c.id = a.subject AND c.kind = 'diagnosis'
        WHERE a.subject_kind = 'citizen' AND a.dead_at IS NULL AND c.closed_at < $1 LIMIT {BATCH})
    """,
)
