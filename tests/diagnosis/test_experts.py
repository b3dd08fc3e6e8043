"""Experts: what farmers see of them, who is listed, and who sets what."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from backend.core import clock
from backend.core.clock import SHANGHAI
from backend.core.database import fetch_row
from backend.core.refusals import Forbidden, Invalid
from backend.diagnosis import experts, routing
from backend.diagnosis.expert_schemas import ExpertSetting, NewCompetence
from backend.diagnosis.offer_refusals import ExpertUnknown, NotAnExpert
from backend.diagnosis.refusals import CropUnknown
from backend.diagnosis.words import Tier, Topic
from backend.media.refusals import PhotoUnknown
from backend.people.refusals import UnitUnknown
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from tests.cast import COUNTY, NEXT_VILLAGE, VILLAGE
from tests.diagnosis.clinic import Clinic, expert_of

PORTRAIT = Path(__file__).parents[1] / "media" / "photos" / "orientation_6_gps.jpg"
NATIONAL_DAY = datetime(2026, 10, 1, 9, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 25, 3, tzinfo=SHANGHAI)


def profile(clinic: Clinic, **changes) -> ExpertSetting:
    """A new profile."""
    given = {
        "unit_id": clinic.studio,
        "tier": Tier.EXPERT,
        "title_zh": "高级农艺师",
        "staffed": "08:30-11:30",
        "weekdays": [3, 1, 2, 2],
        "able_per_day": 6,
        "competences": [NewCompetence(division_code=COUNTY, crop_code="wheat", topic=Topic.PEST)],
    }
    return ExpertSetting(**(given | changes))


class TestAProfile:
    async def test_it_is_made_by_an_admin_and_read_back(self, clinic):
        who = clinic.cast.expert

        made = await experts.set_expert(person_id=who.person_id, new=profile(clinic), by=clinic.cast.supervisor)

        assert made.created
        told = await experts.get_expert(person_id=who.person_id, by=clinic.cast.operator)
        assert (told.name, told.title_zh, told.unit.name) == ("陈志远", "高级农艺师", "庄稼医院")
        assert told.weekdays == [1, 2, 3]
        (field,) = told.competences
        assert (field.crop_zh, field.topic, field.division.code) == ("小麦", Topic.PEST, COUNTY)

    async def test_the_same_again_is_the_same_and_what_is_not_named_stays(self, clinic):
        who = clinic.cast.expert
        for created in (True, False):
            made = await experts.set_expert(person_id=who.person_id, new=profile(clinic), by=clinic.cast.admin)
            assert made.created is created

        changed = ExpertSetting(title_zh="研究员")
        told = (await experts.set_expert(person_id=who.person_id, new=changed, by=clinic.cast.admin)).record

        assert (told.title_zh, told.able_per_day, len(told.competences)) == ("研究员", 6, 1)

    async def test_a_new_one_names_all_that_is_needed(self, clinic):
        with pytest.raises(Invalid) as refused:
            await experts.set_expert(
                person_id=clinic.cast.expert.person_id, new=ExpertSetting(title_zh="农艺师"), by=clinic.cast.admin
            )

        assert {each.pointer for each in refused.value.errors} >= {"/unit_id", "/staffed", "/competences"}

    async def test_who_holds_no_role_of_an_expert_gets_none(self, clinic):
        with pytest.raises(NotAnExpert):
            await experts.set_expert(person_id=clinic.cast.cadre.person_id, new=profile(clinic), by=clinic.cast.admin)

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"staffed": "morning"}, Invalid),
            ({"competences": [NewCompetence(division_code=COUNTY, crop_code="dragonfruit_x")]}, CropUnknown),
            ({"valid_from": date(2026, 9, 1), "valid_to": date(2026, 8, 1)}, Invalid),
        ],
    )
    async def test_what_cannot_be_so_is_refused(self, clinic, changes, refusal):
        with pytest.raises(refusal):
            await experts.set_expert(
                person_id=clinic.cast.expert.person_id, new=profile(clinic, **changes), by=clinic.cast.admin
            )

    async def test_a_portrait_is_a_photo_that_whoever_sets_it_has_sent(self, clinic):
        photo = await clinic.photo(PORTRAIT.read_bytes(), by=clinic.cast.admin)
        others = await clinic.photo(PORTRAIT.read_bytes() + b"\0", by=clinic.cast.operator)

        setting = ExpertSetting(portrait_id=photo, point=Point(crs=Crs.WGS84, longitude=116.3, latitude=36.9))
        for _ in range(2):
            await experts.set_expert(person_id=clinic.expert.person_id, new=setting, by=clinic.cast.admin)

        face = (await experts.shown([clinic.expert.person_id]))[clinic.expert.person_id]
        assert face.portrait.startswith("/media/shown/")
        claimed = await fetch_row("SELECT claimed_kind, claimed_id FROM media_photo WHERE id = $1", photo)
        assert claimed == ("portrait", clinic.expert.person_id)
        with pytest.raises(PhotoUnknown):
            await experts.set_expert(
                person_id=clinic.expert.person_id, new=ExpertSetting(portrait_id=others), by=clinic.cast.admin
            )


class TestWhoSetsWhat:
    async def test_an_expert_sets_his_own_hours_and_nothing_else(self, clinic):
        mine = ExpertSetting(staffed="07:00-11:00", able_per_day=3)

        told = (await experts.set_expert(person_id=clinic.expert.person_id, new=mine, by=clinic.expert)).record

        assert (told.staffed, told.able_per_day) == ("07:00-11:00", 3)
        with pytest.raises(Forbidden):
            await experts.set_expert(
                person_id=clinic.expert.person_id, new=ExpertSetting(tier=Tier.CHIEF), by=clinic.expert
            )

    async def test_a_colleague_may_not_and_to_a_stranger_he_is_not_there(self, clinic):
        pause = ExpertSetting(able_per_day=1)

        with pytest.raises(Forbidden):
            await experts.set_expert(person_id=clinic.expert.person_id, new=pause, by=clinic.second)
        for verb in (
            experts.set_expert(person_id=clinic.expert.person_id, new=pause, by=clinic.cast.stranger),
            experts.get_expert(person_id=clinic.expert.person_id, by=clinic.cast.stranger),
        ):
            with pytest.raises(ExpertUnknown):
                await verb

    async def test_a_unit_of_another_territory_is_nobodys_here(self, clinic):
        with pytest.raises(UnitUnknown):
            await experts.set_expert(
                person_id=clinic.expert.person_id,
                new=ExpertSetting(unit_id=clinic.cast.household),
                by=clinic.cast.admin,
            )

    async def test_whoever_pauses_has_nothing_before_him_a_minute_later(self, clinic):
        asked = await clinic.routed()
        assert await expert_of(asked) == clinic.local.person_id

        away = ExpertSetting(away_until=clock.now() + timedelta(days=2))
        await experts.set_expert(person_id=clinic.local.person_id, new=away, by=clinic.local)
        await routing.route_due()

        assert await expert_of(asked) in (clinic.expert.person_id, clinic.second.person_id)

    async def test_two_who_set_at_once_wait_for_each_other(self, clinic):
        fields = [[NewCompetence(division_code=COUNTY, crop_code=crop)] for crop in ("wheat", "tomato", "cotton")]

        await asyncio.gather(
            *(
                experts.set_expert(
                    person_id=clinic.expert.person_id, new=ExpertSetting(competences=each), by=clinic.cast.admin
                )
                for each in fields
            )
        )

        told = await experts.get_expert(person_id=clinic.expert.person_id, by=clinic.cast.admin)
        assert len(told.competences) == 1


class TestTheList:
    async def test_it_is_of_ones_own_territory_and_what_lies_above(self, clinic):
        for who in (clinic.cast.cadre, clinic.cast.operator, clinic.second):
            told = (await experts.list_experts(by=who)).items
            assert {each.id for each in told} >= {clinic.expert.person_id, clinic.chief.person_id}
        assert (await experts.list_experts(by=clinic.cast.stranger)).items == []

    async def test_it_is_asked_for_who_is_able(self, clinic):
        await experts.set_expert(
            person_id=clinic.second.person_id,
            new=ExpertSetting(competences=[NewCompetence(division_code=NEXT_VILLAGE, topic=Topic.WEED)]),
            by=clinic.cast.admin,
        )

        async def able(**asked):
            return {each.id for each in (await experts.list_experts(by=clinic.cast.admin, **asked)).items}

        everybody = {each.person_id for each in (clinic.chief, clinic.expert, clinic.second, clinic.local)}
        assert await able() == everybody
        assert clinic.local.person_id not in await able(crop_code="wheat")
        assert clinic.second.person_id in await able(crop_code="wheat", topic=Topic.WEED)
        assert clinic.second.person_id not in await able(topic=Topic.PEST)
        assert clinic.second.person_id not in await able(division_code=VILLAGE)
        assert await able(unit_id=clinic.station) == {clinic.local.person_id}

    async def test_it_is_read_page_by_page(self, clinic):
        found, cursor = [], None
        while True:
            page = await experts.list_experts(by=clinic.cast.admin, limit=3, after=cursor)
            found += [each.id for each in page.items]
            if (cursor := page.next_cursor) is None:
                break

        assert len(found) == len(set(found)) == 4

    async def test_how_much_somebody_has_is_his_own_his_chiefs_and_his_supervisors(self, clinic):
        await clinic.routed()

        async def read_by(who):
            told = await experts.get_expert(person_id=clinic.local.person_id, by=who)
            return told.open_n, told.given

        for who in (clinic.local, clinic.cast.supervisor, clinic.cast.admin):
            assert await read_by(who) == (1, 1)
        for who in (clinic.second, clinic.cast.operator, clinic.cast.cadre):
            assert await read_by(who) == (None, None)

    async def test_it_says_who_is_there_and_when_next(self, clinic):
        office = ExpertSetting(staffed="08:30-17:30", weekdays=[1, 2, 3, 4, 5])
        await experts.set_expert(person_id=clinic.expert.person_id, new=office, by=clinic.cast.admin)

        with clock.stopped(NIGHT):
            night = await experts.get_expert(person_id=clinic.expert.person_id, by=clinic.cast.admin)
        with clock.stopped(NATIONAL_DAY):
            holiday = await experts.get_expert(person_id=clinic.expert.person_id, by=clinic.cast.admin)
            always = await experts.get_expert(person_id=clinic.second.person_id, by=clinic.cast.admin)

        assert (night.there_now, night.there_next) == (False, NIGHT.replace(hour=8, minute=30))
        assert not holiday.there_now
        assert holiday.there_next > NATIONAL_DAY + timedelta(days=5)
        assert always.there_now


class TestWhoIsAble:
    async def test_it_names_chiefs_too_and_whoever_is_away(self, clinic):
        asked = await clinic.routed()

        told = await experts.able(asked)

        assert set(told) == {each.person_id for each in (clinic.chief, clinic.expert, clinic.second, clinic.local)}


class TestOverHttp:
    """In the order of every route: nobody, wrong shape, stranger, right person, twice."""

    async def test_setting_one(self, clinic, desk_wire, as_):
        path, said = f"/diagnosis/experts/{clinic.expert.person_id}", {"able_per_day": 7}

        assert (await desk_wire.put(path, json=said)).status_code == 401
        admins, strangers = await as_(clinic.cast.admin), await as_(clinic.cast.stranger)
        assert (await desk_wire.put(path, json={"weekdays": [8]}, headers=admins)).status_code == 400
        assert (await desk_wire.put(path, json=said, headers=strangers)).status_code == 404
        for _ in range(2):
            told = await desk_wire.put(path, json=said, headers=admins)
            assert (told.status_code, told.json()["able_per_day"]) == (200, 7)

    async def test_listing_them(self, clinic, desk_wire, as_):
        path = "/diagnosis/experts"

        assert (await desk_wire.get(path)).status_code == 401
        admins = await as_(clinic.cast.admin)
        assert (await desk_wire.get(f"{path}?topic=ghosts", headers=admins)).status_code == 400
        assert (await desk_wire.get(f"{path}?limit=0", headers=admins)).status_code == 400
        assert (await desk_wire.get(path, headers=await as_(clinic.cast.stranger))).json()["items"] == []
        told = await desk_wire.get(f"{path}?crop=maize&topic=pest&division_code={VILLAGE}", headers=admins)
        assert len(told.json()["items"]) == 4

    async def test_reading_one(self, clinic, desk_wire, as_):
        path = f"/diagnosis/experts/{clinic.expert.person_id}"

        assert (await desk_wire.get(path)).status_code == 401
        assert (await desk_wire.get(path, headers=await as_(clinic.cast.stranger))).status_code == 404
        assert (await desk_wire.get(path, headers=await as_(clinic.cast.cadre))).json()["name"] == "孟繁荣"
