"""What this room forgets and when, in the words of its tables' registers.

A visit stays for ever, as a fact without a story: who, when, by which channel, about which topics, in which cell. What
was asked for in it is a case, and forgotten as cases are.
"""

from backend.people.retention import coarsened, rule

NOTES_DAYS = 731

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
    "visits.spot_check_remarks",
    days=NOTES_DAYS,
    statement="UPDATE visits_spot_check_item SET remark = NULL WHERE found_at < $1 AND remark IS NOT NULL",
)
