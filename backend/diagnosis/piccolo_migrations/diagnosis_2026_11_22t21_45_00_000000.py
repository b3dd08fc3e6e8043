"""What Piccolo cannot say: whose ids are whose, and the orders in which requests, offers and answers are read."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.core.database import engine

ID = "2026-11-22T21:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "references to cases and persons, indexes"

WAITS = "state NOT IN ('answered', 'ended')"

FORWARDS = (
    "ALTER TABLE diagnosis_request ADD CONSTRAINT diagnosis_request_is_a_case"
    " FOREIGN KEY (id) REFERENCES cases_case (id) ON DELETE RESTRICT",
    "ALTER TABLE diagnosis_expert ADD CONSTRAINT diagnosis_expert_is_a_person"
    " FOREIGN KEY (id) REFERENCES people_person (id) ON DELETE RESTRICT",
    'ALTER TABLE diagnosis_request ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE diagnosis_competence ALTER COLUMN prefix TYPE varchar(15) COLLATE "C"',
    'ALTER TABLE diagnosis_outbreak ALTER COLUMN division_code TYPE varchar(15) COLLATE "C"',
    f"CREATE INDEX diagnosis_request_waits ON diagnosis_request (asked_at, id) WHERE {WAITS}",
    f"CREATE INDEX diagnosis_request_waits_there ON diagnosis_request (division_code, asked_at) WHERE {WAITS}",
    "CREATE INDEX diagnosis_request_newest ON diagnosis_request (asked_at DESC, id DESC)",
    "CREATE INDEX diagnosis_request_studio ON diagnosis_request (studio, asked_at DESC, id DESC)",
    "CREATE INDEX diagnosis_request_station ON diagnosis_request (station, asked_at DESC, id DESC)"
    " WHERE station IS NOT NULL",
    "CREATE INDEX diagnosis_request_expert ON diagnosis_request (expert, asked_at DESC, id DESC)"
    " WHERE expert IS NOT NULL",
    f"CREATE INDEX diagnosis_request_expert_waits ON diagnosis_request (expert) WHERE expert IS NOT NULL AND {WAITS}",
    "CREATE INDEX diagnosis_request_to_route ON diagnosis_request (route_after) WHERE route_after IS NOT NULL",
    "CREATE INDEX diagnosis_request_lapses ON diagnosis_request (offer_until) WHERE offer_until IS NOT NULL",
    "CREATE INDEX diagnosis_request_untold ON diagnosis_request (answered_at)"
    " WHERE state = 'answered' AND told_at IS NULL",
    "CREATE INDEX diagnosis_request_follow_up ON diagnosis_request (follow_up_on)"
    " WHERE follow_up_on IS NOT NULL AND outcome_asked_at IS NULL",
    "CREATE INDEX diagnosis_consent_request ON diagnosis_consent (request, at)",
    "CREATE INDEX diagnosis_question_request ON diagnosis_question (request, asked_at)",
    "CREATE UNIQUE INDEX diagnosis_question_one_open ON diagnosis_question (request) WHERE answered_at IS NULL",
    "CREATE UNIQUE INDEX diagnosis_likeness_pair ON diagnosis_likeness (request, other)",
    "CREATE INDEX diagnosis_competence_expert ON diagnosis_competence (expert)",
    "CREATE INDEX diagnosis_competence_crop ON diagnosis_competence (crop, topic)",
    "CREATE INDEX diagnosis_routing_request ON diagnosis_routing (request, at)",
    "CREATE UNIQUE INDEX diagnosis_offer_one_open ON diagnosis_offer (request) WHERE ended_at IS NULL",
    "CREATE INDEX diagnosis_offer_request ON diagnosis_offer (request, offered_at)",
    "CREATE INDEX diagnosis_offer_expert ON diagnosis_offer (expert, offered_at DESC)",
    "CREATE INDEX diagnosis_answer_request ON diagnosis_answer (request, given_at)",
    "CREATE INDEX diagnosis_answer_expert ON diagnosis_answer (expert, given_at DESC)",
    "CREATE INDEX diagnosis_answer_condition ON diagnosis_answer (condition, given_at DESC)"
    " WHERE condition IS NOT NULL",
    "CREATE INDEX diagnosis_second_opinion_expert ON diagnosis_second_opinion (expert, asked_at)"
    " WHERE answered_at IS NULL",
    "CREATE INDEX diagnosis_outcome_request ON diagnosis_outcome (request, at)",
    "CREATE INDEX diagnosis_outbreak_open ON diagnosis_outbreak (crop, condition) WHERE ended_at IS NULL",
    "CREATE INDEX diagnosis_outbreak_newest ON diagnosis_outbreak (raised_at DESC, id DESC)",
    "CREATE INDEX diagnosis_answer_template_condition ON diagnosis_answer_template (condition)",
)

BACKWARDS = (
    *(
        f"DROP INDEX {statement.split(' INDEX ')[1].split()[0]}"
        for statement in reversed(FORWARDS)
        if " INDEX " in statement
    ),
    "ALTER TABLE diagnosis_outbreak ALTER COLUMN division_code TYPE varchar(15)",
    "ALTER TABLE diagnosis_competence ALTER COLUMN prefix TYPE varchar(15)",
    "ALTER TABLE diagnosis_request ALTER COLUMN division_code TYPE varchar(15)",
    "ALTER TABLE diagnosis_expert DROP CONSTRAINT diagnosis_expert_is_a_person",
    "ALTER TABLE diagnosis_request DROP CONSTRAINT diagnosis_request_is_a_case",
)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="diagnosis", description=DESCRIPTION)

    async def run():
        for statement in FORWARDS:
            await engine.run_ddl(statement)

    async def undo():
        for statement in BACKWARDS:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    manager.add_raw_backwards(undo)
    return manager
