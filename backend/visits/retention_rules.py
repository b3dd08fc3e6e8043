"""What this room forgets and when, in the words of its tables' registers.

A visit stays for ever, as a fact without a story: who, when, by which channel, about which topics, in which cell.
"""

from backend.people.retention import coarsened, rule
from backend.visits.tables import NeedState

NOTES_DAYS = 731
_CLOSED = f"('{NeedState.SOLVED}', '{NeedState.UNREASONABLE}')"

rule("visits.points", days=90, statement=coarsened("visits_visit", moment="occurred_at"))
rule(
    "visits.distances",
    days=90,
    statement="""
    UPDATE visits_flag SET facts = '{}', measured = NULL
    WHERE raised_at < $1 AND kind IN ('far_from_household', 'too_fast') AND facts <> '{}'
    """,
)
rule(
    "visits.notes",
    days=NOTES_DAYS,
    statement="""
    UPDATE visits_visit SET note = NULL, place_note = NULL, companions = '{}'
    WHERE occurred_at < $1 AND (note IS NOT NULL OR place_note IS NOT NULL OR companions <> '{}')
    """,
)
rule(
    "visits.flag_answers",
    days=NOTES_DAYS,
    statement="""
    UPDATE visits_flag SET answer = NULL, facts = '{}', measured = NULL
    WHERE raised_at < $1 AND (answer IS NOT NULL OR facts <> '{}' OR measured IS NOT NULL)
    """,
)
rule("visits.amendments", days=NOTES_DAYS, statement="DELETE FROM visits_amendment WHERE at < $1")
rule(
    "visits.needs",
    days=NOTES_DAYS,
    statement=f"""
    UPDATE visits_need SET description = ''
    WHERE state_since < $1 AND state IN {_CLOSED} AND description <> ''
    """,
)
rule(
    "visits.need_remarks",
    days=NOTES_DAYS,
    statement=f"""
    UPDATE visits_need_event e SET remark = NULL FROM visits_need n
    WHERE n.id = e.need AND n.state_since < $1 AND n.state IN {_CLOSED} AND e.remark IS NOT NULL
    """,
)
rule(
    "visits.spot_check_remarks",
    days=NOTES_DAYS,
    statement="UPDATE visits_spot_check_item SET remark = NULL WHERE found_at < $1 AND remark IS NOT NULL",
)
