"""The migration that made needs cases: of those planted before it not one is lost, changed or counted otherwise."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from piccolo.apps.migrations.tables import Migration

from backend.cases.timeline import verify
from backend.core import database, migrations
from backend.core.clock import now
from backend.core.database import fetch, fetch_row
from backend.people.sessions import actor
from backend.visits.campaigns import get_campaign
from backend.visits.needs import contest_need, get_need, list_needs, move_need
from backend.visits.tables import NeedState
from tests.cast import VILLAGE, make_cast
from tests.core.test_migrations import database_like

BEFORE = "2026-11-22T12:00:00:000000"
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)

RECEIVED, PASSED_ON, SOLVED, UNREASONABLE = (
    NeedState.RECEIVED,
    NeedState.PASSED_ON,
    NeedState.SOLVED,
    NeedState.UNREASONABLE,
)
OPENED = ("opened", None, RECEIVED, None)
HANDED_ON = ("moved", RECEIVED, PASSED_ON, "转水利站")
FINISHED = ("moved", PASSED_ON, SOLVED, "已清淤")
REFUSED = ("moved", PASSED_ON, UNREASONABLE, "超出政策范围")
BACK = ("moved", SOLVED, PASSED_ON, "雨后又堵")
CONTESTED = ("contested", UNREASONABLE, RECEIVED, "隔壁村办了")

HISTORIES = {
    "received": [OPENED],
    "passed on": [OPENED, HANDED_ON],
    "passed on without a word": [OPENED, ("moved", RECEIVED, PASSED_ON, None)],
    "solved": [OPENED, HANDED_ON, FINISHED],
    "taken back": [OPENED, HANDED_ON, FINISHED, BACK],
    "solved again": [OPENED, HANDED_ON, FINISHED, BACK, FINISHED],
    "unreasonable": [OPENED, HANDED_ON, REFUSED],
    "contested": [OPENED, HANDED_ON, REFUSED, CONTESTED],
    "contested and solved": [OPENED, HANDED_ON, REFUSED, CONTESTED, HANDED_ON, FINISHED],
    "contested twice": [OPENED, HANDED_ON, REFUSED, CONTESTED, HANDED_ON, REFUSED, CONTESTED],
}
CAMPAIGNS = {"people": 3, "villages": 2, "enterprises": 1}
"""How many needs of each history each campaign has."""

OLD_TOTALS = """
SELECT c.code, count(*) AS received, count(*) FILTER (WHERE n.state = 'received') AS not_passed_on,
       count(*) FILTER (WHERE n.state = 'passed_on') AS open, count(*) FILTER (WHERE n.state = 'solved') AS solved,
       count(*) FILTER (WHERE n.state = 'unreasonable') AS unreasonable, count(n.contested_at) AS contested
FROM visits_need n JOIN visits_visit v ON v.id = n.visit JOIN visits_campaign c ON c.id = v.campaign GROUP BY c.code
"""
HISTORY = """
SELECT need, id, at, "by", from_state, to_state, event, remark FROM visits_need_event ORDER BY need, at, id
"""


@pytest.fixture(scope="module")
async def as_it_was(postgres):
    """A database of before the migration, with the cast and needs in every state and history; nobody is in it."""
    known = dict(migrations._known())
    later = {key for key in known if key[0] == "visits" and key[1] > BEFORE}
    async with database_like("template0", postgres) as dsn:
        with pytest.MonkeyPatch.context() as then:
            then.setattr(migrations, "_known", lambda: {key: known[key] for key in known if key not in later})
            await migrations.forwards(dsn)
        async with _connected(dsn):
            cast = await make_cast()
            await _plant(cast)
        yield dsn, cast


@pytest.fixture
async def former(postgres, as_it_was):
    """A copy of it, connected."""
    original, cast = as_it_was
    async with database_like(urlsplit(original).path[1:], postgres) as dsn, _connected(dsn):
        yield dsn, cast


@asynccontextmanager
async def _connected(dsn):
    before = database.engine.config, database.engine.pool
    database.engine.pool = None
    await database.connect(dsn, pool_size=3, acquire_timeout_s=5)
    try:
        yield
    finally:
        await database.disconnect()
        database.engine.config, database.engine.pool = before


async def _plant(cast):
    division = await fetch_row("SELECT id FROM territory_division WHERE code = $1", VILLAGE)
    for code, times in CAMPAIGNS.items():
        campaign = uuid4()
        await fetch(
            "INSERT INTO visits_campaign (id, code, name, kind, division, valid_from, source) "
            "VALUES ($1, $2, $2, 'people', $3, '2026-01-01', 'test')",
            campaign, code, division["id"],
        )  # fmt: skip
        for history in HISTORIES.values():
            for _ in range(times):
                await _need(cast, campaign, division["id"], history)


async def _need(cast, campaign: UUID, division: UUID, history) -> None:
    visit, need, cadre, handler = uuid4(), uuid4(), cast.cadre.person_id, cast.handler.person_id
    await fetch(
        "INSERT INTO visits_visit (id, recorded_by, channel, occurred_at, received_at, entered_late, division, "
        "division_code, household, campaign, topics, companions, door, coarse, version, arguments_digest) "
        "VALUES ($1, $2, 'visit', $3, $3, FALSE, $4, $5, $6, $7, '{}', '{}', 'api', FALSE, 1, '')",
        visit, cadre, AT, division, VILLAGE, cast.household, campaign,
    )  # fmt: skip
    contested = [AT + timedelta(days=i) for i, step in enumerate(history) if step[0] == "contested"]
    await fetch(
        "INSERT INTO visits_need (id, visit, household, division_code, category, description, state, state_since, "
        "contested_at, received_at) "
        "VALUES ($1, $2, $3, $4, 'planning_construction.water_power', '灌溉渠堵塞', $5, $6, $7, $8)",
        need, visit, cast.household, VILLAGE, history[-1][2], AT + timedelta(days=len(history) - 1),
        max(contested, default=None), AT,
    )  # fmt: skip
    for i, (event, before, after, remark) in enumerate(history):
        by = handler if after in (SOLVED, UNREASONABLE) else cadre
        await fetch(
            "INSERT INTO visits_need_event VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            uuid4(), need, AT + timedelta(days=i), by, before, after, event, remark,
        )  # fmt: skip


async def _as_told(cast) -> dict:
    """All steps as the needs' own answers tell them, by need."""
    told = {}
    for item in (await list_needs(by=cast.supervisor, limit=1000)).items:
        steps = (await get_need(need_id=item.id, by=cast.supervisor)).steps
        told[item.id] = [(s.id, s.at, s.by, s.from_state, s.to_state, s.event, s.remark) for s in steps]
    return told


async def test_every_need_keeps_its_id_its_steps_and_its_place_in_the_totals(former):
    dsn, cast = former
    totals = {row["code"]: dict(row) for row in await fetch(OLD_TOTALS)}
    history = await fetch(HISTORY)
    needs = await fetch("SELECT * FROM visits_need")

    await migrations.forwards(dsn)

    for code in CAMPAIGNS:
        now_ = (await get_campaign(code=code, by=cast.supervisor)).needs
        assert {name: getattr(now_, name) for name in totals[code] if name != "code"} == {
            name: count for name, count in totals[code].items() if name != "code"
        }
        assert (now_.received, now_.explained, now_.withdrawn) == (10 * CAMPAIGNS[code], 0, 0)
        assert now_.received == now_.not_passed_on + now_.passed_on
    told = await _as_told(cast)
    assert [(id, *step) for id in sorted(told) for step in told[id]] == [tuple(row) for row in history]
    for need in needs:
        found = (await get_need(need_id=need["id"], by=cast.cadre)).need
        for name in ("state", "state_since", "contested_at", "received_at", "category", "description", "division_code"):
            assert getattr(found, name) == need[name], name
        assert (found.visit_id, found.recorded_by) == (need["visit"], cast.cadre.person_id)
        assert (await verify(case_id=need["id"])).intact


async def test_what_is_open_has_deadlines_from_now_on_and_what_had_ended_when_it_is_reopened(former):
    dsn, cast = former
    await migrations.forwards(dsn)

    running = await fetch(
        "SELECT c.id, c.closed_at, count(k.id) AS clocks, min(k.opened_at) AS begun FROM cases_case c "
        "LEFT JOIN deadlines_clock k ON k.subject_id = c.id GROUP BY c.id"
    )
    assert all(row["clocks"] == (2 if row["closed_at"] is None else 0) for row in running)
    assert all(row["begun"] > now() - timedelta(minutes=5) for row in running if row["begun"])
    solved = await fetch_row("SELECT id FROM cases_case WHERE outcome = 'solved' LIMIT 1")
    refused = await fetch_row("SELECT id FROM cases_case WHERE outcome = 'unreasonable' LIMIT 1")
    await move_need(need_id=solved["id"], to_state=PASSED_ON, remark="又堵了", by=cast.cadre)
    await contest_need(need_id=refused["id"], remark="不服", by=cast.cadre)
    for id in (solved["id"], refused["id"]):
        clocks = await fetch("SELECT state FROM deadlines_clock WHERE subject_id = $1", id)
        assert [row["state"] for row in clocks] == ["running", "running"]


async def test_a_step_that_a_phone_sends_again_after_the_migration_is_known(former):
    dsn, _ = former
    steps = await fetch("SELECT * FROM visits_need_event WHERE event <> 'opened'")
    await migrations.forwards(dsn)

    for step in steps:
        by = await actor(person_id=step["by"])
        if step["event"] == "contested":
            again = await contest_need(id=step["id"], need_id=step["need"], remark=step["remark"], by=by)
        else:
            to_state = NeedState(step["to_state"])
            again = await move_need(
                id=step["id"], need_id=step["need"], to_state=to_state, remark=step["remark"], by=by
            )
        assert not again.created


async def test_the_way_back_tells_the_same(former):
    dsn, _ = former
    needs = "SELECT * FROM visits_need ORDER BY id"
    before, history = await fetch(needs), await fetch(HISTORY)
    await migrations.forwards(dsn)

    later = sorted(key for key in migrations._known() if key[0] == "visits" and key[1] > BEFORE)
    async with database.engine.transaction():
        for key in reversed(later):
            manager = await migrations._known()[key].forwards()
            await manager.run(backwards=True)
            await Migration.delete().where((Migration.app_name == "visits") & (Migration.name == key[1]))

    assert [dict(row) for row in await fetch(needs)] == [dict(row) for row in before]
    assert [tuple(row) for row in await fetch(HISTORY)] == [tuple(row) for row in history]
    await migrations.forwards(dsn)
    assert len(await fetch("SELECT FROM cases_case")) == len(before)
