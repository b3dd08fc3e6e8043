"""A strip's photo before an expert who does not know what the bench read."""

import hashlib
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments
from backend.laboratory import (
    forgetting,
    import_records,
    result_lists,
    results,
    sample_records,
    second_look_routes,
    second_looks,
)
from backend.laboratory.refusals_results import (
    LookDone,
    LookUnknown,
    NobodyToLook,
    NoStrip,
    NotThisBench,
    ResultUnknown,
)
from backend.laboratory.result_schemas import NewSecondLook, SecondLookRecord, SecondLookSaid
from backend.laboratory.words import Method, Verdict
from backend.media import looking
from backend.media.actions import keep_photo
from backend.media.refusals import PhotoUnknown
from backend.people.actors import Actor
from backend.rosters.actions import publish_shifts
from backend.rosters.roster_schemas import NewRoster, NewShift
from backend.rosters.tables import Post
from tests.laboratory.bench import Bench, client_of, signed_in
from tests.laboratory.files import imported

STRIP = Path(__file__).parents[2] / "seed/photos/strip.jpg"


async def photo(by: Actor) -> UUID:
    content = STRIP.read_bytes()
    kept = await keep_photo(content=content, file_name="strip.jpg", uploaded_by=by.person_id)
    return kept.id


async def strip(bench: Bench, **columns) -> UUID:
    """A fipronil strip that the reader called positive."""
    read = {"method": Method.STRIP, "analyte": "fipronil", "value": None, "unit_said": None, "control_line": True}
    given = read | {"tc_ratio": 0.3, "instrument_verdict": "阳性", "verdict": "positive", "judged_unit": "T/C"}
    sample = await bench.sample(str(ids.uuid7()), received_by=None)
    return await bench.result(sample, **(given | columns))


async def asked(bench: Bench, result: UUID) -> SecondLookRecord:
    new = NewSecondLook(photo_id=await photo(bench.technician))
    return (await second_looks.request_second_look(result_id=result, new=new, by=bench.technician)).record


def who(bench: Bench, look: SecondLookRecord) -> Actor:
    return next(each for each in (bench.expert, bench.second) if each.person_id == look.expert.id)


async def test_the_expert_sees_the_photo_and_nothing_of_what_the_bench_read(bench):
    result = await strip(bench)
    look = await asked(bench, result)
    expert, sample = who(bench, look), (await results.get_result(result_id=result, by=bench.technician)).sample_id

    await looking.look(looking.Look(hashlib.sha256(STRIP.read_bytes()).hexdigest()))
    his = await second_looks.get_second_look(look_id=look.id, by=expert)
    blind = await results.get_result(result_id=result, by=expert)

    assert his.photo is not None
    assert his.photo.startswith("/media/shown/")
    assert (his.result_id, his.first, his.analyte_name) == (None, None, "氟虫腈")
    assert (blind.judgement.verdict, blind.tc_ratio, blind.instrument_verdict) == (None, None, None)
    assert (blind.judgement.reasons, blind.retests, blind.earlier) == ([], [], [])
    assert (await result_lists.list_results(by=expert)).items == []
    told = await sample_records.get(sample_id=sample, by=expert)
    assert told.verdict is None
    assert (look.first, look.result_id) == (Verdict.POSITIVE, result)


async def test_once_he_has_said_what_he_sees_both_readings_are_told_and_compared(bench):
    result = await strip(bench)
    look = await asked(bench, result)
    expert = who(bench, look)

    said = await second_looks.say_second_look(
        look_id=look.id, said=SecondLookSaid(seen=Verdict.POSITIVE, remark=" T 线很淡 "), by=expert
    )

    assert (said.agrees, said.first, said.result_id, said.remark) == (True, Verdict.POSITIVE, result, "T 线很淡")
    assert (await results.get_result(result_id=result, by=expert)).judgement.verdict is Verdict.POSITIVE
    tasks = await fetch("SELECT assignee, state, title_zh FROM tasks_task")
    assert [(row["assignee"], row["state"]) for row in tasks] == [(expert.person_id, "done")]
    assert "阳性" not in tasks[0]["title_zh"]


async def test_where_he_sees_otherwise_whoever_asked_takes_a_new_strip_and_nothing_is_rejudged(bench):
    result = await strip(bench)
    look = await asked(bench, result)

    said = await second_looks.say_second_look(
        look_id=look.id, said=SecondLookSaid(seen=Verdict.INVALID), by=who(bench, look)
    )

    assert said.agrees is False
    tasks = await fetch("SELECT assignee, kind FROM tasks_task WHERE state = 'open'")
    assert [(row["assignee"], row["kind"]) for row in tasks] == [(bench.technician.person_id, "retest")]
    assert (await results.get_result(result_id=result, by=bench.technician)).judgement.verdict is Verdict.POSITIVE


async def test_said_again_the_same_is_harmless_and_another_word_is_refused(bench):
    look = await asked(bench, await strip(bench))
    expert, seen = who(bench, look), SecondLookSaid(seen=Verdict.NEGATIVE)

    first = await second_looks.say_second_look(look_id=look.id, said=seen, by=expert)
    again = await second_looks.say_second_look(look_id=look.id, said=seen, by=expert)

    assert (again.seen, again.seen_at) == (first.seen, first.seen_at)
    with pytest.raises(LookDone):
        await second_looks.say_second_look(look_id=look.id, said=SecondLookSaid(seen=Verdict.POSITIVE), by=expert)


@pytest.mark.parametrize("name", ["expert", "second"])
async def test_the_expert_on_duty_is_asked_before_the_others(bench, name):
    on_duty, now = getattr(bench, name), clock.now()
    shift = NewShift(person_id=on_duty.person_id, starts_at=now, ends_at=now + timedelta(hours=8))
    roster = NewRoster(
        unit_id=bench.studio, post=Post.DESK, starts_at=now, ends_at=now + timedelta(hours=8), shifts=[shift]
    )
    await publish_shifts(new=roster, by=bench.cast.supervisor)

    assert (await asked(bench, await strip(bench))).expert.id == on_duty.person_id


async def test_each_expert_is_asked_once_about_a_strip_and_whoever_knows_it_is_not(bench):
    result = await strip(bench, reviewed_by=bench.second.person_id, reviewed_at=clock.now())

    assert (await asked(bench, result)).expert.id == bench.expert.person_id
    with pytest.raises(NobodyToLook):
        await asked(bench, result)


async def test_only_a_strip_is_looked_at(bench):
    with pytest.raises(NoStrip):
        await asked(bench, await bench.result(await bench.sample(), 62))


async def test_a_photo_of_somebody_else_is_not_there(bench):
    result, theirs = await strip(bench), await photo(bench.outsider)

    with pytest.raises(PhotoUnknown):
        await second_looks.request_second_look(
            result_id=result, new=NewSecondLook(photo_id=theirs), by=bench.technician
        )


async def test_nobody_who_merely_oversees_the_place_sees_the_photo_or_the_look(bench):
    result = await strip(bench)
    look = await asked(bench, result)

    (row,) = await fetch("SELECT division_code, household FROM media_photo")
    assert (row["division_code"], row["household"]) == ("", None)
    for stranger in (bench.cast.supervisor, bench.cast.stranger, bench.cast.cadre, bench.outsider):
        with pytest.raises(LookUnknown):
            await second_looks.get_second_look(look_id=look.id, by=stranger)
        with pytest.raises(LookUnknown):
            await second_looks.say_second_look(look_id=look.id, said=SecondLookSaid(seen=Verdict.NEGATIVE), by=stranger)
        with pytest.raises((ResultUnknown, NotThisBench)):
            await second_looks.request_second_look(
                result_id=result, new=NewSecondLook(photo_id=ids.uuid7()), by=stranger
            )


async def test_the_file_in_which_the_strip_came_does_not_tell_him_either(bench):
    head = "样品编号,样品名称,检测项目,T/C值,检测结果,检测时间,仪器编号,检测编号\r\n"
    rows = "NY-3,豇豆,氟虫腈,0.3,阳性,2026-05-01,SN-1,1\r\nNY-4,豇豆,氟虫腈,0.9,阴性,2026-05-01,SN-1,2\r\n"
    told = await imported(head + rows, bench.technician)
    result = told.rows[0].result_id
    assert (told.id is not None, result is not None) == (True, True)
    look = await asked(bench, result)

    his = await import_records.get_rows(import_id=told.id, by=who(bench, look))
    theirs = await import_records.get_rows(import_id=told.id, by=bench.technician)

    assert [each.sample for each in his.items] == ["NY-4"]
    assert [each.sample for each in theirs.items] == ["NY-3", "NY-4"]


async def test_a_forgotten_farmers_strip_is_shown_to_nobody_any_more(bench):
    result = await strip(bench)
    look = await asked(bench, result)
    await looking.look(looking.Look(hashlib.sha256(STRIP.read_bytes()).hexdigest()))
    (row,) = await fetch("SELECT sample FROM laboratory_result WHERE id = $1", result)

    await forgetting.forget(sample_id=row["sample"], by=bench.technician)

    assert (await second_looks.get_second_look(look_id=look.id, by=bench.technician)).photo is None


async def test_over_http_nobody_a_wrong_shape_a_stranger_the_right_person_and_twice(bench):
    result = await strip(bench)
    new = {"photo_id": str(await photo(bench.technician)), "id": str(ids.uuid7())}
    async with client_of(second_look_routes.router) as client:
        path, look = f"/laboratory/results/{result}/second-looks", f"/laboratory/second-looks/{new['id']}"
        his, theirs = await signed_in(bench.technician), await signed_in(bench.cast.stranger)

        assert (await client.post(path, json=new)).status_code == 401
        assert (await client.post(path, json={"photo": 1}, headers=his)).status_code == 400
        assert (await client.post(path, json=new, headers=theirs)).status_code == 404
        made = [await client.post(path, json=new, headers=his) for _ in range(2)]
        assert [each.status_code for each in made] == [201, 200]
        expert = next(
            each for each in (bench.expert, bench.second) if str(each.person_id) == made[0].json()["expert"]["id"]
        )
        experts = await signed_in(expert)
        assert (await client.get(look, headers=theirs)).status_code == 404
        assert (await client.get(look, headers=experts)).json()["first"] is None
        assert (await client.post(look, json={"seen": "red"}, headers=experts)).status_code == 400
        for _ in range(2):
            said = await client.post(look, json={"seen": "positive"}, headers=experts)
            assert (said.status_code, said.json()["agrees"]) == (200, True)


async def test_the_same_id_for_another_photo_is_refused(bench):
    result, id = await strip(bench), ids.uuid7()
    first = NewSecondLook(photo_id=await photo(bench.technician), id=id)
    await second_looks.request_second_look(result_id=result, new=first, by=bench.technician)

    with pytest.raises(DifferentArguments):
        await second_looks.request_second_look(
            result_id=result, new=NewSecondLook(photo_id=ids.uuid7(), id=id), by=bench.technician
        )
