"""The county we measure in: a few people and their households through the verbs, the mass of visits set-wise.

A cadre makes some 680 contacts a year among thirty households, whatever the county's size: ten thousand visits are the
year of 15 cadres, a million that of 1,470. So the cadre, household and village we ask for have the same rows in the
small and in the large database; what grows is everybody else.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from uuid import UUID

import asyncpg

from backend.core import ids
from backend.core.database import transaction
from backend.people import actions, keys, sessions
from backend.people.actors import Actor
from backend.people.households import assign_household, register_household
from backend.people.tables import Role
from backend.territory.actions import load_divisions
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from seed.places import DIVISIONS, DIVISIONS_SINCE, DIVISIONS_SOURCE
from tests.benchmarks import floor

COUNTY, TOWNSHIP = "371526000000", "371526101000"
SINCE = date(2024, 1, 1)
PER_CADRE, PER_YEAR = 30, 680
TOKEN_VALID_FOR = timedelta(hours=6)
PASSWORD = "a-cadre-of-the-benchmarks"


@dataclass(frozen=True)
class Card:
    """A household to visit."""

    id: UUID
    code: str
    longitude: float
    latitude: float


@dataclass(frozen=True)
class Somebody:
    """A signed-in person, and the households that he serves."""

    actor: Actor
    phone: str
    token: str
    openrosa_key: str
    village_code: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class County:
    """Everybody who sends a request. Each of the `importers` sends one batch; the `newcomer` signs in."""

    cadres: tuple[Somebody, ...]
    importers: tuple[Somebody, ...]
    supervisor: Somebody
    township_supervisor: Somebody
    newcomer: Somebody

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every household made through the verbs; neighbours in the list are neighbours in the field."""
        return tuple(card for cadre in self.cadres for card in cadre.cards)


@transaction
async def found(*, visits: int, importers: int) -> County:
    """The people and households of a county with so many visits a year."""
    await load_divisions(path=DIVISIONS, source=DIVISIONS_SOURCE, valid_from=DIVISIONS_SINCE)
    admin = (await _somebody(900, Role.ADMIN, COUNTY)).actor
    villages = _villages()
    return County(
        cadres=tuple(
            [await _cadre(number, villages[number % len(villages)], admin) for number in range(cadres_for(visits))]
        ),
        importers=tuple([await _somebody(500 + number, Role.CADRE, COUNTY) for number in range(importers)]),
        supervisor=await _somebody(901, Role.SUPERVISOR, COUNTY),
        township_supervisor=await _somebody(902, Role.SUPERVISOR, TOWNSHIP),
        newcomer=await _somebody(903, Role.CADRE, COUNTY),
    )


def cadres_for(visits: int) -> int:
    """How many cadres make so many visits in a year."""
    return ceil(visits / PER_YEAR)


def _villages() -> list[str]:
    """Of the county, those of the township we ask for first."""
    with DIVISIONS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] == "village"]
    codes = [row["code"] for row in rows if row["code"].startswith(COUNTY[:6])]
    return sorted(codes, key=lambda code: (code[:9] != TOWNSHIP[:9], code))


async def _cadre(number: int, village_code: str, admin: Actor) -> Somebody:
    cards = [_card(number, house) for house in range(PER_CADRE)]
    cadre = await _somebody(number, Role.CADRE, village_code, tuple(cards))
    for card in cards:
        await register_household(
            id=card.id,
            code=card.code,
            division_code=village_code,
            contact_name="林大山",
            contact_phone="199 0000 0051",
            address_note="村东第一排",
            point=Point(crs=Crs.WGS84, longitude=card.longitude, latitude=card.latitude, accuracy_m=8.0),
            service_needs=["crop-advice"],
            by=admin,
        )
        await assign_household(household_id=card.id, person_id=cadre.actor.person_id, valid_from=SINCE, by=admin)
    return cadre


def _card(number: int, house: int) -> Card:
    """Villages lie a kilometre apart on a line, houses within some 300 m: nobody is too fast between two of them."""
    longitude = 116.0 + 0.01 * number + 0.0005 * (house % 6)
    return Card(ids.uuid7(), f"B{number:03}-{house:02}", round(longitude, 6), round(36.9 + 0.0005 * (house // 6), 6))


async def _somebody(number: int, role: Role, division_code: str, cards: tuple[Card, ...] = ()) -> Somebody:
    phone = f"199 0001 {number:04}"
    person = await actions.open_account(id=ids.uuid7(), name=f"{role} {number}", phone=phone)
    await actions.assign_role(person_id=person.id, role=role, division_code=division_code, valid_from=SINCE)
    return Somebody(
        actor=await sessions.actor(person_id=person.id),
        phone=phone,
        token=await sessions.access_token_for(person_id=person.id, valid_for=TOKEN_VALID_FOR),
        openrosa_key=await keys.make_access_key(person_id=person.id, purpose="odk-collect"),
        village_code=division_code,
        cards=cards,
    )


async def grow(dsn: str, *, visits: int) -> None:
    """Fill the year that ended a month ago: cadres and households until there are enough, and so many visits.

    Foreign keys are not checked and no trigger runs meanwhile: what is put in is right by construction.
    """
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(_UUID7)
            await connection.execute(_MORE_CADRES, cadres_for(visits))
            await connection.execute(_MORE_HOUSEHOLDS, PER_CADRE)
            await connection.execute(_MORE_SERVICES)
            await connection.execute(_MORE_VISITS, visits, PER_YEAR)
            for statement in (_MORE_NEEDS, _MORE_FLAGS):
                await connection.execute(statement)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def lay_floor(dsn: str) -> None:
    """The floor's own table."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(floor.CREATE)
    await connection.close()


_UUID7 = """
CREATE FUNCTION pg_temp.uuid7(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(r, 2, 3) || '8'
            || substr(r, 5, 15))::uuid FROM md5(random()::text) r
$$
"""

_MORE_CADRES = """
WITH villages AS (
    SELECT id, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS many
    FROM territory_division WHERE level = 'village' AND prefix LIKE '371526%'
), missing AS (
    SELECT n, gen_random_uuid() AS id FROM generate_series(
        (SELECT count(*) + 1 FROM people_role_assignment r JOIN territory_division d ON d.id = r.division
         WHERE r.role = 'cadre' AND d.level = 'village'), $1::int) n
), persons AS (
    INSERT INTO people_person (id, name, phone_sealed, phone_index, created_at, arguments_digest)
    SELECT id, 'cadre ' || n, '', sha256(n::text::bytea), now(), '' FROM missing
)
INSERT INTO people_role_assignment (id, person, role, division, valid_from)
SELECT gen_random_uuid(), m.id, 'cadre', v.id, '2024-01-01' FROM missing m JOIN villages v ON v.place = m.n % v.many
"""

_MORE_HOUSEHOLDS = """
INSERT INTO people_household (id, code, division, division_code, contact_name_sealed, created_at, arguments_digest,
                              longitude, latitude, crs, original_longitude, original_latitude)
SELECT gen_random_uuid(), right(r.person::text, 12) || '-' || house, d.id, d.code, '', now(), '',
       x, y, 'wgs84', x, y
FROM people_role_assignment r JOIN territory_division d ON d.id = r.division AND d.level = 'village'
CROSS JOIN generate_series(1, $1::int) house
CROSS JOIN LATERAL (SELECT 116.0 + random() * 0.5 + house * 0 AS x, 36.7 + random() * 0.3 AS y) place
WHERE r.role = 'cadre' AND NOT EXISTS (SELECT FROM people_household_service s WHERE s.person = r.person)
"""

_MORE_SERVICES = """
INSERT INTO people_household_service (id, household, person, valid_from)
SELECT gen_random_uuid(), h.id, r.person, '2024-01-01'
FROM people_household h JOIN people_role_assignment r
  ON r.role = 'cadre' AND right(r.person::text, 12) = split_part(h.code, '-', 1)
"""

_MORE_VISITS = """
WITH cadres AS (
    SELECT s.person, array_agg(s.household) AS households FROM people_household_service s
    WHERE NOT EXISTS (SELECT FROM visits_visit v WHERE v.recorded_by = s.person) GROUP BY s.person
), contacts AS (
    SELECT c.person, c.households[1 + k % 30] AS household,
           date_trunc('hour', now()) - interval '35 days' - interval '365 days' * (k + random()) / $2::int AS at
    FROM cadres c CROSS JOIN generate_series(0, $2::int - 1) k
    LIMIT $1::int - (SELECT count(*) FROM visits_visit)
)
INSERT INTO visits_visit (id, recorded_by, channel, occurred_at, received_at, entered_late, household, division,
                          division_code, topics, note, companions, door, coarse, version, arguments_digest,
                          longitude, latitude, crs, original_longitude, original_latitude, accuracy_m, fixed_at, mock)
SELECT pg_temp.uuid7(c.at), c.person, CASE WHEN random() < 0.7 THEN 'visit' ELSE 'call' END, c.at,
       c.at + interval '20 s', FALSE, h.id, h.division, h.division_code, ARRAY['production'],
       '小麦出苗齐，东头三亩低洼地有积水；机井电机坏了，浇不上水。', '{}', 'api', FALSE, 1, sha256(c.at::text::bytea),
       h.longitude + 0.0001, h.latitude, 'wgs84', h.longitude + 0.0001, h.latitude, 8, c.at, FALSE
FROM contacts c JOIN people_household h ON h.id = c.household ORDER BY c.at
"""

_MORE_NEEDS = """
INSERT INTO cases_case (id, number, channel, kind, category_code, title, description, division, division_code,
                        household, origin_room, origin_id, state, state_since, outcome, policy_code, hops, loop,
                        reopened_n, opened_by, opened_at, received_at, entered_late, closed_at, version, coarse,
                        arguments_digest)
SELECT pg_temp.uuid7(v.received_at), nextval('cases_number')::text, 'visit', 'request', 'production',
       '机井电机烧了', '机井电机烧了，请农机站来看看，越快越好。', v.division, v.division_code, v.household,
       'visits', v.id, CASE WHEN d.solved THEN 'resolved' ELSE 'received' END, v.received_at,
       CASE WHEN d.solved THEN 'solved' END, 'general', 0, 1, 0, v.recorded_by, v.occurred_at, v.received_at, FALSE,
       CASE WHEN d.solved THEN v.received_at END, 1, FALSE, v.arguments_digest
FROM visits_visit v CROSS JOIN LATERAL (SELECT get_byte(v.arguments_digest, 2) < 204 AS solved) d
WHERE get_byte(v.arguments_digest, 0) < 26
AND NOT EXISTS (SELECT FROM cases_case n WHERE n.origin_room = 'visits' AND n.origin_id = v.id)
"""

_MORE_FLAGS = """
INSERT INTO visits_flag (id, visit, kind, measured, threshold, facts, raised_at, seen_at)
SELECT pg_temp.uuid7(v.received_at), v.id, 'far_from_household', 612, 500, '{"distance_m": 612, "accuracy_m": 8}',
       v.received_at, v.received_at
FROM visits_visit v WHERE get_byte(v.arguments_digest, 1) < 8
AND NOT EXISTS (SELECT FROM visits_flag f WHERE f.visit = v.id)
"""
