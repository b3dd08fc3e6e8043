"""What a verdict means for the queue: done, again, later, attention; and that nothing else empties it."""

import json
from uuid import UUID

import httpx
import pytest
from lianxin_client import NotNow, NotYoursToPutRight

from backend.core import ids
from backend.core.database import fetch
from backend.sync.conflicts import decide_conflict
from backend.sync.words import Keep
from backend.visits.amendments import amend_visit
from backend.visits.schemas import AmendVisit
from tests.sync.client.conftest import answer_lost, no_line, off
from tests.tasks.requests import asked


async def visits():
    return await fetch("SELECT id, recorded_by FROM visits_visit")


async def test_what_is_done_leaves_the_queue(cast, pocket):
    await pocket.sign_in("cadre")
    pocket.contact()
    pushed = await pocket.sync()

    assert (pushed.answered, pushed.skewed, pocket.standings()) == (1, False, {})
    assert len(await visits()) == len(pocket.phone.records("visits")) == 1


async def test_without_an_answer_everything_stays_and_goes_again_byte_for_byte(cast, pocket):
    await pocket.sign_in("cadre")
    command = pocket.contact()
    for fault in (no_line, answer_lost):
        pocket.line.fault = fault
        with pytest.raises(NotNow):
            await pocket.sync()
        assert pocket.standings() == {command: "queued"}
    pocket.line.fault = None
    pocket.woken()
    await pocket.sync()

    said = {body.partition(b'"commands":')[2] for body in pocket.line.pushed()}
    assert len(said) == 1
    assert len(await visits()) == 1


async def test_what_is_refused_is_on_its_authors_list_until_he_lets_it_be(cast, pocket):
    await pocket.sign_in("cadre")
    pocket.contact(household_code="NOT-A-CARD")
    await pocket.sync()
    await pocket.sync()
    [refused] = pocket.woken().attention()

    assert refused.verdict["problem"]["code"] == "visits/reference-unknown"
    assert len(pocket.line.pushed()) == 1
    pocket.phone.let_be(refused.id)
    assert pocket.phone.attention() == []


async def test_what_follows_on_a_refused_one_is_held_back_and_stays_behind_it(cast, pocket):
    await pocket.sign_in("cadre")
    visit = str(ids.uuid7())
    first = pocket.contact(id=visit, household_code="NOT-A-CARD")
    changes = {"note": {"from": None, "to": "想起来了"}}
    second = pocket.phone.do("amendVisit", {"visit_id": visit, "changes": changes, "reason": "漏了"}, after=[first])
    await pocket.sync()
    await pocket.sync()

    assert pocket.standings() == {first: "refused", second: "queued"}
    assert [each.id for each in pocket.phone.attention()] == [first, second]
    assert len(pocket.line.pushed()) == 1
    pocket.phone.let_be(first)
    await pocket.sync()
    assert pocket.standings() == {second: "refused"}


async def test_a_command_waits_for_its_photo_and_is_done_once_it_is_there(cast, pocket, picture):
    await pocket.sign_in("cadre")
    visit = str(ids.uuid7())
    first = pocket.contact(id=visit)
    photo = {"photo_id": pocket.phone.photograph(picture), "kind": "scene"}
    second = pocket.phone.do("attachVisitPhotos", {"visit_id": visit, "photos": [photo]}, after=[first])

    def no_uploads(request, deliver):
        return no_line(request, deliver) if request.url.path.startswith("/uploads") else deliver(request)

    pocket.line.fault = no_uploads
    for _ in range(2):
        with pytest.raises(NotNow):
            await pocket.sync()
    assert pocket.standings() == {second: "waiting"}
    assert len(pocket.line.pushed()) == 1
    pocket.line.fault = None
    await pocket.sync()
    await pocket.sync()

    assert pocket.standings() == {}
    assert len(await fetch("SELECT id FROM visits_photo WHERE visit = $1", visit)) == 1


async def test_a_contested_change_is_shown_to_its_author(cast, pocket):
    await pocket.sign_in("cadre")
    visit = str(ids.uuid7())
    pocket.contact(id=visit, note="原来的话")
    await pocket.sync()
    for said in ("第一句", "第二句"):  # the second does not know of the first
        changes = {"note": {"from": "原来的话", "to": said}}
        pocket.phone.do("amendVisit", {"visit_id": visit, "changes": changes, "reason": "写错了"})
    await pocket.sync()

    [conflict] = pocket.phone.attention()
    assert conflict.verdict["conflict_id"] == conflict.id
    assert conflict.content["arguments"]["changes"]["note"]["to"] == "第二句"


async def test_a_contested_change_waits_for_a_person_and_says_how_he_decided_until_its_author_lets_it_be(cast, pocket):
    await pocket.sign_in("cadre")
    visit = ids.uuid7()
    pocket.contact(id=str(visit), note="原来的话")
    await pocket.sync()
    await amend_visit(visit_id=visit, change=AmendVisit(reason="核对过", version=1, note="周日"), by=cast.supervisor)
    changes = {"note": {"from": "原来的话", "to": "周五"}}
    amended = pocket.phone.do("amendVisit", {"visit_id": str(visit), "changes": changes, "reason": "写错了"})
    await pocket.sync()
    assert pocket.standings() == {amended: "conflict"}

    await decide_conflict(conflict_id=UUID(amended), keep={"note": Keep.PHONE}, by=cast.supervisor, request_id="r")
    await pocket.sync()
    await pocket.sync()

    [decided] = pocket.woken().attention()
    assert (decided.id, decided.standing, decided.verdict["decision"]) == (amended, "decided", {"note": "phone"})
    assert [each["note"] for each in pocket.phone.records("visits")] == ["周五"]
    assert len(pocket.line.pushed()) == 2
    pocket.phone.let_be(amended)
    assert pocket.phone.attention() == []
    await pocket.sync()
    assert pocket.standings() == {}


async def test_what_was_decided_before_its_answer_came_is_decided_all_the_same(cast, pocket):
    await pocket.sign_in("cadre")
    visit = ids.uuid7()
    pocket.contact(id=str(visit), note="原来的话")
    await pocket.sync()
    await amend_visit(visit_id=visit, change=AmendVisit(reason="核对过", version=1, note="周日"), by=cast.supervisor)
    changes = {"note": {"from": "原来的话", "to": "周五"}}
    amended = pocket.phone.do("amendVisit", {"visit_id": str(visit), "changes": changes, "reason": "写错了"})
    pocket.line.fault = answer_lost
    with pytest.raises(NotNow):
        await pocket.sync()
    pocket.line.fault = None
    await decide_conflict(conflict_id=UUID(amended), keep={"note": Keep.RECORD}, by=cast.supervisor, request_id="r")
    await pocket.sync()

    [decided] = pocket.phone.attention()
    assert (decided.verdict["outcome"], decided.verdict["decision"]) == ("duplicate", {"note": "record"})


async def test_what_was_merged_is_told_to_its_author_until_he_has_seen_it(cast, pocket):
    await pocket.sign_in("cadre")
    visit = ids.uuid7()
    pocket.contact(id=str(visit))
    await pocket.sync()
    changes = {"place_note": {"from": None, "to": "磨坊边"}}
    amended = pocket.phone.do("amendVisit", {"visit_id": str(visit), "changes": changes, "reason": "漏了"})
    await amend_visit(visit_id=visit, change=AmendVisit(reason="核对过", version=1, note="周日"), by=cast.supervisor)
    await pocket.sync()
    await pocket.sync()

    [told] = pocket.woken().told()
    record = told.verdict["record"]
    assert (told.id, told.verdict["outcome"]) == (amended, "merged")
    assert (record["note"], record["place_note"]) == ("周日", "磨坊边")
    assert len(pocket.line.pushed()) == 2
    pocket.phone.let_be(amended)
    assert pocket.standings() == {}


async def test_the_servers_own_mistake_leaves_a_command_in_the_queue(cast, pocket):
    await pocket.sign_in("cadre")
    command = pocket.contact()

    def our_mistake(request, deliver):
        answer = deliver(request)
        if request.url.path != "/api/v1/sync/commands":
            return answer
        problem = {"status": 500, "code": "core/unexpected"}
        rows = [{"index": 0, "id": command, "outcome": "refused", "problem": problem}]
        return httpx.Response(200, json=json.loads(answer.read()) | {"rows": rows})

    pocket.line.fault = our_mistake
    await pocket.sync()
    assert pocket.standings() == {command: "queued"}
    pocket.line.fault = None
    await pocket.sync()

    assert pocket.standings() == {}
    assert len(await visits()) == 1


async def test_a_batch_that_is_too_large_goes_in_halves(cast, pocket):
    await pocket.sign_in("cadre")
    commands = [pocket.contact() for _ in range(5)]

    def narrow(request, deliver):
        if len(request.content) > 2_500 and request.url.path == "/api/v1/sync/commands":
            return httpx.Response(413, json={"code": "core/too-large"}, headers={"Content-Type": "application/json"})
        return deliver(request)

    pocket.line.fault = narrow
    await pocket.sync()

    assert pocket.standings() == {}
    assert len(await visits()) == len(commands)


@pytest.mark.parametrize("answer", [httpx.Response(200, html="<h1>Pay first</h1>"), httpx.Response(302)])
async def test_a_network_that_wants_to_be_paid_first_has_done_nothing(cast, pocket, answer):
    await pocket.sign_in("cadre")
    command = pocket.contact()
    pocket.line.fault = lambda request, deliver: answer
    with pytest.raises(NotNow):
        await pocket.sync()

    assert pocket.standings() == {command: "queued"}


async def test_a_task_that_is_done_here_is_not_in_my_day_before_the_server_knows(cast, pocket):
    task, other = await asked(assignee_id=cast.cadre.person_id), await asked(assignee_id=cast.cadre.person_id)
    await pocket.sign_in("cadre")
    await pocket.sync()
    pocket.phone.do("completeTask", {"task_id": str(task.id)})

    assert [each["id"] for each in pocket.phone.my_day()] == [str(other.id)]
    await pocket.sync()
    assert [each["id"] for each in pocket.phone.my_day()] == [str(other.id)]


async def test_a_clock_that_is_wrong_is_told(cast, pocket):
    await pocket.sign_in("cadre")
    pocket.contact()
    wrong = pocket.phone._clock
    pocket.phone._clock = lambda: wrong().replace(year=2027)
    pushed = await pocket.sync()

    assert pushed.skewed
    assert pushed.skew_s > 86_400


async def wrong_and_its_follower(pocket, picture):
    """A visit; its photo, put by mistake on one that is not there; and what follows on that."""
    visit, nowhere = str(ids.uuid7()), str(ids.uuid7())
    pocket.contact(id=visit)
    photos = [{"photo_id": pocket.phone.photograph(picture), "kind": "scene"}]
    wrong = pocket.phone.do("attachVisitPhotos", {"visit_id": nowhere, "photos": photos})
    changes = {"note": {"from": None, "to": "照片在上"}}
    follower = pocket.phone.do("amendVisit", {"visit_id": visit, "changes": changes, "reason": "漏了"}, after=[wrong])
    await pocket.sync()
    return wrong, follower, {"visit_id": visit, "photos": photos}


async def test_what_waited_and_was_refused_is_put_right_by_its_author_and_done_once(cast, pocket, picture):
    await pocket.sign_in("cadre")
    wrong, follower, right = await wrong_and_its_follower(pocket, picture)
    assert pocket.standings() == {wrong: "refused", follower: "queued"}
    [before] = [each for each in pocket.phone.attention() if each.id == wrong]

    pocket.phone.put_right(wrong, right)
    [after] = [each for each in pocket.woken().queue.all() if each.id == wrong]
    assert (after.content["captured_at"], after.content["after"]) == (before.content["captured_at"], [])
    pocket.line.fault = answer_lost
    with pytest.raises(NotNow):
        await pocket.sync()
    pocket.line.fault = None
    await pocket.sync()
    await pocket.sync()

    assert pocket.standings() == {}
    assert [str(row["visit"]) for row in await fetch("SELECT visit FROM visits_photo")] == [right["visit_id"]]
    assert [each["note"] for each in pocket.phone.records("visits")] == ["照片在上"]


async def test_the_old_words_arriving_late_undo_and_double_nothing(cast, pocket, picture):
    """The network held them back and delivers them when what was put right is done."""
    await pocket.sign_in("cadre")
    held = []

    def hold(request, deliver):
        if request.url.path == "/api/v1/sync/commands":
            held.append(request)
        return deliver(request)

    pocket.line.fault = hold
    wrong, _, right = await wrong_and_its_follower(pocket, picture)
    pocket.line.fault = None
    pocket.phone.put_right(wrong, right)
    await pocket.sync()
    for request in held:
        await off(pocket.line.handle_request, request)
    await pocket.sync()

    assert pocket.standings() == {}
    assert [str(row["visit"]) for row in await fetch("SELECT visit FROM visits_photo")] == [right["visit_id"]]
    assert len(await visits()) == 1


async def test_what_was_refused_at_once_is_put_right_the_same_way_on_a_shared_phone_too(cast, pocket):
    cadre = await pocket.sign_in("cadre")
    visit = str(ids.uuid7())
    wrong = pocket.contact(id=visit, household_code="NOT-A-CARD")
    await pocket.sync()
    [refused] = pocket.phone.attention()
    pocket.phone.put_right(wrong, refused.content["arguments"] | {"household_code": "LLM-001"})
    await pocket.sign_in("assistant")
    await pocket.sync()

    assert pocket.standings() == {wrong: "done"}
    assert [(str(row["id"]), str(row["recorded_by"])) for row in await visits()] == [(visit, cadre)]


async def test_only_what_was_refused_is_put_right_and_only_by_its_author(cast, pocket):
    await pocket.sign_in("cadre")
    queued = pocket.contact()
    with pytest.raises(NotYoursToPutRight):
        pocket.phone.put_right(queued, {})
    pocket.phone.let_be(queued)
    refused = pocket.contact(household_code="NOT-A-CARD")
    await pocket.sync()
    [before] = pocket.phone.queue.all()
    await pocket.sign_in("next_cadre")
    with pytest.raises(NotYoursToPutRight):
        pocket.phone.put_right(refused, {})

    assert pocket.phone.queue.all() == [before]
