"""The studio that is measured: its people through the verbs, years of requests set-wise.

What grows with the years is what was answered: both databases have the same five hundred open requests, and the same
seventy experts, whose past offers and answers grow with it.
"""

import os
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from backend.core import clock, ids
from backend.core.settings import settings
from backend.diagnosis import experts
from backend.diagnosis.expert_schemas import ExpertSetting, NewCompetence
from backend.diagnosis.words import Tier
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind
from backend.serving.preparing import pooled, prepare
from backend.territory import queries as territory
from backend.territory.actions import load_divisions
from seed.places import DIVISIONS, DIVISIONS_SINCE, DIVISIONS_SOURCE
from tests.benchmarks import county
from tests.benchmarks.county import COUNTY, SINCE, TOKEN_VALID_FOR
from tests.benchmarks.processes import another
from tests.diagnosis.burst import ALL_DAY, Burst, burst

LARGE = "large"
OPEN = 500
EXPERTS = 70
VILLAGE = "371526101335"


@dataclass(frozen=True)
class Studio:
    """Where it is measured: the unit, its village, who asks, and the experts with their fields."""

    id: UUID
    division_id: UUID
    tokens: dict[str, str]
    experts: Burst


async def founded(dsn: str, *, small_requests: int, large_requests: int) -> Studio:
    """The studio, in a database and in a larger copy of it (`LARGE`)."""
    point_at(dsn)
    await prepare(settings())
    async with pooled(settings()):
        studio = await _studio()
    await county.lay_floor(dsn)
    await _grow(dsn, small_requests, studio.id)
    connection = await asyncpg.connect(another(dsn, "template1"))
    await connection.execute(f"CREATE DATABASE {LARGE} TEMPLATE postgres")
    await connection.close()
    await _grow(another(dsn, LARGE), large_requests, studio.id)
    return studio


def point_at(dsn: str) -> None:
    """Let this process speak to a database."""
    os.environ["DATABASE_URL"] = dsn
    settings.cache_clear()


async def _studio() -> Studio:
    await load_divisions(path=DIVISIONS, source=DIVISIONS_SOURCE, valid_from=DIVISIONS_SINCE)
    unit = await actions.open_unit(id=ids.uuid7(), name="庄稼医院", kind=UnitKind.STUDIO, division_code=COUNTY)
    village = await territory.division(code=VILLAGE)
    made = await burst(studio=unit.id, division_id=village.id, experts=EXPERTS, requests=0, at=clock.now())
    admin = await _person(1, Role.ADMIN, None)
    people = {
        "supervisor": await _person(2, Role.SUPERVISOR, None),
        "operator": await _person(3, Role.OPERATOR, unit.id),
        "chief": await _chief(unit.id, admin),
        "expert": await sessions.actor(person_id=made.experts[-1].id),
    }
    tokens = {
        who: await sessions.access_token_for(person_id=actor.person_id, valid_for=TOKEN_VALID_FOR)
        for who, actor in people.items()
    }
    return Studio(unit.id, village.id, tokens, made)


async def _person(number: int, role: Role, unit_id: UUID | None) -> Actor:
    person = await actions.open_account(id=ids.uuid7(), name=f"{role} {number}", phone=f"199 0003 {number:04}")
    await actions.assign_role(person_id=person.id, role=role, division_code=COUNTY, unit_id=unit_id, valid_from=SINCE)
    return await sessions.actor(person_id=person.id)


async def _chief(unit_id: UUID, admin: Actor) -> Actor:
    chief = await _person(4, Role.EXPERT, unit_id)
    profile = ExpertSetting(
        unit_id=unit_id,
        tier=Tier.CHIEF,
        title_zh="首席专家",
        staffed=ALL_DAY,
        weekdays=[1, 2, 3, 4, 5, 6, 7],
        able_per_day=20,
        competences=[NewCompetence(division_code=COUNTY)],
    )
    await experts.set_expert(person_id=chief.person_id, new=profile, by=admin)
    return chief


async def _grow(dsn: str, requests: int, studio: UUID) -> None:
    """Requests with case, clocks, offer and answer, set-wise; foreign keys are not checked meanwhile."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(county._UUID7)
            have = await connection.fetchval("SELECT count(*) FROM diagnosis_request")
            await connection.execute(_MORE_CASES, have, requests - 1, OPEN, studio)
            for statement in (_MORE_REQUESTS, _MORE_OFFERS, _MORE_ANSWERS, _MORE_CLOCKS):
                await connection.execute(statement)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


_MORE_CASES = """
WITH villages AS (
    SELECT id, code, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS many
    FROM territory_division WHERE level = 'village' AND prefix LIKE '371526%'
), numbered AS (
    SELECT n, n < $3 AS is_open, CASE WHEN n < $3 THEN now() - interval '1 day' * (n::float8 / $3)
           ELSE now() - interval '2 days' - interval '2 minutes' * (n - $3) END AS at
    FROM generate_series($1::int, $2::int) n
)
INSERT INTO cases_case (id, number, channel, kind, category_code, title, description, division, division_code, state,
    state_since, policy_code, owner_unit, assignee_unit, hops, loop, reopened_n, opened_at, received_at, entered_late,
    closed_at, outcome, version, coarse, arguments_digest, responded_at)
SELECT pg_temp.uuid7(x.at), lpad(x.n::text, 12, '0'), 'qr', 'diagnosis', 'production.crop_disease', '玉米叶子发黄', '',
       v.id, v.code, CASE WHEN x.is_open THEN 'dispatched' ELSE 'evaluated' END, x.at, 'diagnosis', $4, $4, 0, 1, 0,
       x.at, x.at, FALSE, CASE WHEN x.is_open THEN NULL ELSE x.at + interval '3 hours' END,
       CASE WHEN x.is_open THEN NULL ELSE 'solved' END, 2, FALSE, '',
       CASE WHEN x.is_open THEN NULL ELSE x.at + interval '3 hours' END
FROM numbered x JOIN villages v ON v.place = x.n % v.many
"""

_NEW = "NOT EXISTS (SELECT FROM {table} t WHERE t.{key} = {of}.id)"

_MORE_REQUESTS = f"""
WITH people AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many FROM diagnosis_expert
    WHERE tier <> 'chief'
), crops AS (
    SELECT code, row_number() OVER (ORDER BY position, code) - 1 AS place FROM diagnosis_crop
), new AS (
    SELECT c.*, c.number::int AS n, c.number::int % 4 AS quarter FROM cases_case c
    WHERE {_NEW.format(table="diagnosis_request", key="id", of="c")}
)
INSERT INTO diagnosis_request (id, studio, crop, topic, growth_stage, organ, photos_expected, no_better_photo,
    wants_call, learning, division_code, asked_at, arguments_digest, state, state_since, offers_n, expert, offer_until,
    claimed_at, answered_at, told_at)
SELECT c.id, c.owner_unit, k.code, 'unsure', 'unsure', 'leaf', 0, FALSE, FALSE, FALSE, c.division_code, c.opened_at,
       '', CASE WHEN c.closed_at IS NOT NULL THEN 'answered'
                ELSE (ARRAY['offered', 'claimed', 'pooled', 'asked'])[quarter + 1] END,
       c.opened_at, 1, CASE WHEN c.closed_at IS NULL AND quarter = 2 THEN NULL ELSE p.id END,
       CASE WHEN c.closed_at IS NULL AND quarter = 0 THEN now() + interval '1 day' END, c.closed_at, c.closed_at,
       c.closed_at
FROM new c JOIN people p ON p.place = c.n % p.many JOIN crops k ON k.place = c.n % 8
"""

_MORE_OFFERS = f"""
INSERT INTO diagnosis_offer (id, request, expert, offered_at, until, ended_at, ending)
SELECT pg_temp.uuid7(r.asked_at), r.id, r.expert, r.asked_at, r.offer_until,
       CASE WHEN r.state <> 'offered' THEN r.asked_at END, CASE WHEN r.state <> 'offered' THEN 'claimed' END
FROM diagnosis_request r
WHERE r.expert IS NOT NULL AND {_NEW.format(table="diagnosis_offer", key="request", of="r")}
"""

_MORE_ANSWERS = f"""
INSERT INTO diagnosis_answer (id, request, expert, kind, given_at, diagnosis, confidence, differential, advice,
    warnings, knowledge_codes, visit_proposed, tells_farmer, arguments_digest)
SELECT pg_temp.uuid7(r.answered_at), r.id, r.expert, 'first', r.answered_at, '大斑病', 'likely', '[]', '{{}}', '{{}}',
       '{{}}', FALSE, TRUE, ''
FROM diagnosis_request r
WHERE r.state = 'answered' AND {_NEW.format(table="diagnosis_answer", key="request", of="r")}
"""

_MORE_CLOCKS = """
INSERT INTO deadlines_clock (id, subject_room, subject_id, kind, label, unit, division_code, policy, ladder,
    calendar_version, provisional, round, state, opened_at, due_at, expedite_percents, expedite_at, expedited_percent,
    notices, stopped_at, stop_recorded_at, revision, arguments_digest)
SELECT gen_random_uuid(), 'cases', c.id, p.kind, c.number, c.assignee_unit, c.division_code, p.id, p.ladder,
       1, FALSE, 1, CASE WHEN c.closed_at IS NULL THEN 'running' ELSE 'stopped' END, c.opened_at,
       CASE WHEN p.kind = 'response' THEN c.opened_at + interval '1 day' END, '{}', '{}', 0, 0, c.closed_at,
       c.closed_at, 1, ''
FROM cases_case c JOIN deadlines_policy p ON p.code = 'diagnosis'
WHERE NOT EXISTS (SELECT FROM deadlines_clock k WHERE k.subject_room = 'cases' AND k.subject_id = c.id)
"""
