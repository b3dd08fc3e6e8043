"""What meetings, briefings, suggestions and feedback forget and when, in the words of their tables' registers.

What stays is that it happened: when, by which units, over which text's hash.
"""

from backend.cases.kept import KEPT_DAYS
from backend.people.retention import coarsened, rule

rule("cases.hearing_points", days=90, statement=coarsened("cases_hearing", moment="held_at"))
rule("cases.feedback_points", days=90, statement=coarsened("cases_feedback", moment="given_at"))
rule(
    "cases.meetings",
    days=KEPT_DAYS,
    statement="""
    UPDATE cases_meeting SET title = '', place_note = NULL, minutes = NULL
    WHERE opened_at < $1 AND (title <> '' OR place_note IS NOT NULL OR minutes IS NOT NULL)
    """,
)
rule(
    "cases.meeting_decisions",
    days=KEPT_DAYS,
    statement="""
    UPDATE cases_meeting_case a SET reason = NULL FROM cases_meeting m
    WHERE m.id = a.meeting AND m.opened_at < $1 AND a.reason IS NOT NULL
    """,
)
rule(
    "cases.meeting_tasks",
    days=KEPT_DAYS,
    statement="UPDATE cases_meeting_task SET what = '' WHERE due_at < $1 AND what <> ''",
)
rule(
    "cases.briefings",
    days=KEPT_DAYS,
    statement="""
    UPDATE cases_briefing SET title = '', body = '', endorsed_by = NULL, endorsement = NULL, execution = NULL
    WHERE drafted_at < $1 AND (title <> '' OR body <> '' OR endorsed_by IS NOT NULL OR endorsement IS NOT NULL
        OR execution IS NOT NULL)
    """,
)
rule(
    "cases.signatures",
    days=KEPT_DAYS,
    statement="UPDATE cases_signature SET signed_as = NULL WHERE recorded_at < $1 AND signed_as IS NOT NULL",
)
rule(
    "cases.hearings",
    days=KEPT_DAYS,
    statement="""
    UPDATE cases_hearing SET place_note = NULL, committee = '', unit_spoke_by = '', minutes = ''
    WHERE recorded_at < $1 AND (place_note IS NOT NULL OR committee <> '' OR unit_spoke_by <> '' OR minutes <> '')
    """,
)
rule(
    "cases.suggestion_reports",
    days=KEPT_DAYS,
    statement="UPDATE cases_report SET text = '' WHERE recorded_at < $1 AND text <> ''",
)
rule(
    "cases.feedback",
    days=KEPT_DAYS,
    statement="""
    UPDATE cases_feedback SET text = '', place_note = NULL
    WHERE recorded_at < $1 AND (text <> '' OR place_note IS NOT NULL)
    """,
)
rule(
    "cases.hot_spot_reasons",
    days=KEPT_DAYS,
    statement="UPDATE cases_hot_spot SET reason = NULL WHERE found_at < $1 AND reason IS NOT NULL",
)
