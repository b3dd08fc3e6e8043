"""Talks, posters, the app's coverage and supervision checks: counts and places, nobody's name."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

import tests.media
from backend.antifraud import checks, coverages, outreach_routes, talks
from backend.antifraud.outreach_refusals import CheckFixed, CheckUnknown, NotYourPlace
from backend.antifraud.outreach_retention_rules import CHECK_DAYS
from backend.antifraud.outreach_schemas import NewAppCoverage, NewFix, NewPosters, NewSupervisionCheck, NewTalk
from backend.core import clock, ids
from backend.core.database import fetch_row
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.media.actions import upload_photo
from backend.media.refusals import PhotoClaimed, PhotoUnknown
from backend.people import retention
from backend.people.tables import Role
from tests.antifraud.outreach import DAY, client_of, planned, signed_in, somebody
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, TOWNSHIP, VILLAGE

PHOTO = Path(next(iter(tests.media.__path__))) / "photos" / "orientation_6_gps.jpg"


def talk(**more):
    given = {"division_code": VILLAGE, "place": "村委会大院", "headcount": 86, "at": clock.now()}
    return NewTalk(**(given | more))


def posters(**more):
    given = {"division_code": VILLAGE, "place": "村口宣传栏", "posters_n": 12, "at": clock.now()}
    return NewPosters(**(given | more))


def counted(with_app_n=60, asked_n=80, **more):
    given = {"division_code": VILLAGE, "on": clock.today(), "source": "村民大会举手"}
    return NewAppCoverage(with_app_n=with_app_n, asked_n=asked_n, **(given | more))


def check(**more):
    today = clock.today()
    given = {"group_number": 3, "division_code": VILLAGE, "on": today - 3 * DAY, "finding": "宣传栏内容过期"}
    return NewSupervisionCheck(**(given | {"fix_by": today - DAY} | more))


async def photo_of(by):
    content = PHOTO.read_bytes()

    async def source():
        yield content

    digest = hashlib.sha256(content).digest()
    kept = await upload_photo(
        source=source(), sha256=digest, file_name="", photo_id=ids.uuid7(), uploaded_by=by.person_id
    )
    return kept.record.id


async def test_a_talk_is_a_place_a_topic_and_a_number(cast):
    plan = await planned(cast)
    new = talk(fraud_type="brushing_rebates", round_id=plan.id, id=ids.uuid7())

    outcomes = [await talks.record_talk(new=new, by=cast.assistant) for _ in range(2)]

    assert [each.created for each in outcomes] == [True, False]
    (listed,) = (await talks.list_talks(by=cast.auditor, division_code=TOWNSHIP)).items
    assert listed == outcomes[0].record
    assert (listed.headcount, listed.fraud_type, listed.round_id) == (86, "brushing_rebates", plan.id)
    with pytest.raises(DifferentArguments):
        await talks.record_talk(new=talk(id=new.id, headcount=90), by=cast.assistant)


async def test_a_photo_of_the_place_becomes_the_posters_own(cast):
    photo_id = await photo_of(cast.assistant)
    made = (await talks.record_posters(new=posters(photo_id=photo_id), by=cast.assistant)).record

    claimed = await fetch_row("SELECT claimed_kind, claimed_id, division_code FROM media_photo WHERE id = $1", photo_id)
    assert tuple(claimed) == ("poster", made.id, VILLAGE)
    with pytest.raises(PhotoClaimed):
        await talks.record_talk(new=talk(photo_id=photo_id), by=cast.assistant)
    assert (await talks.list_talks(by=cast.assistant)).items == []


async def test_nobody_takes_up_the_photo_of_another(cast):
    with pytest.raises(PhotoUnknown):
        await talks.record_posters(new=posters(photo_id=await photo_of(cast.cadre)), by=cast.assistant)

    assert (await talks.list_posters(by=cast.assistant)).items == []


async def test_a_text_with_a_telephone_number_is_refused(cast):
    with pytest.raises(Invalid):
        await talks.record_talk(new=talk(place="找老林 13800138000"), by=cast.assistant)
    with pytest.raises(Invalid):
        await checks.record_check(new=check(finding="户主电话 138-0013-8000"), by=cast.supervisor)


async def test_what_has_not_happened_yet_is_refused(cast):
    with pytest.raises(Invalid):
        await talks.record_talk(new=talk(at=clock.now() + DAY), by=cast.assistant)
    with pytest.raises(Invalid):
        await coverages.record_app_coverage(new=counted(on=clock.today() + DAY), by=cast.assistant)
    with pytest.raises(Invalid):
        await checks.record_check(new=check(on=clock.today() + DAY), by=cast.supervisor)


async def test_only_a_place_of_ones_own_is_written_about(cast):
    elsewhere = await somebody(Role.ASSISTANT, NEXT_VILLAGE)
    for verb, new in (
        (talks.record_talk, talk()),
        (talks.record_posters, posters()),
        (coverages.record_app_coverage, counted()),
    ):
        with pytest.raises(NotYourPlace):
            await verb(new=new, by=elsewhere)
        with pytest.raises(Forbidden):
            await verb(new=new, by=cast.auditor)
    with pytest.raises(Forbidden):
        await checks.record_check(new=check(), by=cast.assistant)


async def test_the_newest_count_of_a_village_is_told_and_villages_without_one_are_gaps(cast):
    for new in (counted(60, 80), counted(50, 80, on=clock.today() - 30 * DAY)):
        await coverages.record_app_coverage(new=new, by=cast.assistant)

    told = (await coverages.list_app_coverage(by=cast.supervisor, division_code=COUNTY)).items

    assert {each.division_code: each.share for each in told} == {
        VILLAGE: 0.75,
        NEXT_VILLAGE: None,
        "371526101308": None,
    }
    first = await coverages.list_app_coverage(by=cast.supervisor, limit=1)
    rest = await coverages.list_app_coverage(by=cast.supervisor, limit=2, cursor=first.next_cursor)
    assert [*first.items, *rest.items] == told


async def test_a_count_is_a_part_of_a_whole_village_and_is_written_once(cast):
    with pytest.raises(Invalid):
        await coverages.record_app_coverage(new=counted(81, 80), by=cast.assistant)
    with pytest.raises(Invalid):
        await coverages.record_app_coverage(new=counted(division_code=TOWNSHIP), by=cast.assistant)
    new = counted(id=ids.uuid7())
    assert [(await coverages.record_app_coverage(new=new, by=cast.assistant)).created for _ in range(2)] == [
        True,
        False,
    ]
    with pytest.raises(DifferentArguments):
        await coverages.record_app_coverage(new=counted(61, id=new.id), by=cast.assistant)


async def test_a_check_is_overdue_until_it_is_put_right(cast):
    made = (await checks.record_check(new=check(), by=cast.auditor)).record
    assert made.overdue
    assert [each.id for each in (await checks.list_checks(by=cast.supervisor, to_fix=True)).items] == [made.id]

    fix = NewFix(fixed_on=clock.today(), note="已换新内容")
    told = [await checks.fix_check(check_id=made.id, fix=fix, by=cast.assistant) for _ in range(2)]

    assert [(each.overdue, each.fixed_note) for each in told] == [(False, "已换新内容")] * 2
    assert (await checks.list_checks(by=cast.supervisor, to_fix=True)).items == []
    assert (await checks.list_checks(by=cast.supervisor, to_fix=False)).items == [told[0]]
    with pytest.raises(CheckFixed):
        await checks.fix_check(check_id=made.id, fix=NewFix(fixed_on=clock.today(), note="别的"), by=cast.assistant)


async def test_a_check_elsewhere_is_unknown_and_days_go_forward(cast):
    made = (await checks.record_check(new=check(), by=cast.supervisor)).record
    outsider = await somebody(Role.SUPERVISOR, OTHER_COUNTY)
    with pytest.raises(CheckUnknown):
        await checks.fix_check(check_id=made.id, fix=NewFix(fixed_on=clock.today(), note="改"), by=outsider)
    early = NewFix(fixed_on=clock.today() - 9 * DAY, note="改")
    with pytest.raises(Invalid):
        await checks.fix_check(check_id=made.id, fix=early, by=cast.assistant)
    with pytest.raises(Invalid):
        await checks.record_check(new=check(fix_by=clock.today() - 9 * DAY), by=cast.supervisor)


async def test_the_words_of_a_check_are_gone_two_years_later(cast):
    made = (await checks.record_check(new=check(), by=cast.supervisor)).record
    (rule,) = [each for each in retention.rules() if each.name == "antifraud.checks"]
    with clock.stopped(clock.now() + timedelta(days=CHECK_DAYS + 1)):
        assert (await retention.apply_rule(rule)).rows == 1

    (left,) = (await checks.list_checks(by=cast.supervisor)).items
    assert (left.id, left.finding) == (made.id, "")


async def test_over_http_nobody_the_wrong_shape_a_stranger_the_right_person_and_twice(cast):
    at, today = clock.now().isoformat(), str(clock.today())
    asked = {
        "talks": {"division_code": VILLAGE, "place": "大院", "headcount": 9, "at": at},
        "posters": {"division_code": VILLAGE, "place": "村口", "posters_n": 9, "at": at},
        "app-coverage": {"division_code": VILLAGE, "with_app_n": 5, "asked_n": 9, "on": today, "source": "大会举手"},
        "checks": {"division_code": VILLAGE, "group_number": 1, "on": today, "finding": "过期", "fix_by": today},
    }
    async with client_of(outreach_routes.router) as client:
        right, stranger = await signed_in(cast.supervisor), await signed_in(cast.stranger)
        for path, body in asked.items():
            path, body = f"/antifraud/{path}", body | {"id": str(ids.uuid7())}
            assert (await client.post(path, json=body)).status_code == 401
            assert (await client.post(path, json=body | {"division_code": "1"}, headers=right)).status_code == 400
            assert (await client.post(path, json=body, headers=stranger)).status_code == 403
            assert [(await client.post(path, json=body, headers=right)).status_code for _ in range(2)] == [201, 200]
            assert (await client.get(path)).status_code == 401
            assert (await client.get(path, headers=stranger)).status_code == 403
            assert (await client.get(path, headers=right)).json()["items"]
        few = asked["app-coverage"] | {"asked_n": 4, "with_app_n": 3}
        assert (await client.post("/antifraud/app-coverage", json=few, headers=right)).status_code == 400
        fix = {"fixed_on": today, "note": "已换"}
        path = f"/antifraud/checks/{body['id']}/fix"
        assert (await client.post(path, json=fix)).status_code == 401
        assert (await client.post(path, json={}, headers=right)).status_code == 400
        assert (await client.post(path, json=fix, headers=stranger)).status_code == 403
        assert [(await client.post(path, json=fix, headers=right)).status_code for _ in range(2)] == [200, 200]
