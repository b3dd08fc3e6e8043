"""What a phone carries: kept whole or not at all, let go of with the reason, and each person's his own."""

import pytest
from lianxin_client import NotNow

from backend.core import ids
from backend.core.database import fetch
from backend.tasks.actions import complete_task
from backend.tasks.handing_over import hand_over_task
from tests.sync.client.conftest import answer_lost, no_line
from tests.tasks.requests import asked


def held(pocket, entity="tasks"):
    return {each["id"] for each in pocket.phone.records(entity)}


async def test_a_phone_carries_what_is_its_holders(cast, pocket):
    task = await asked(assignee_id=cast.cadre.person_id)
    await asked(assignee_id=cast.assistant.person_id)
    await pocket.sign_in("cadre")
    await pocket.sync()

    assert held(pocket) == {str(task.id)}
    assert {each["code"] for each in pocket.phone.records("households")} == {"LLM-001", "LLM-002", "LLM-003"}


async def test_without_a_line_everything_is_still_there(cast, pocket):
    task = await asked(assignee_id=cast.cadre.person_id)
    await pocket.sign_in("cadre")
    await pocket.sync()
    pocket.line.fault = no_line
    with pytest.raises(NotNow):
        await pocket.sync()

    assert [each["id"] for each in pocket.woken().my_day()] == [str(task.id)]


async def test_an_answer_that_was_lost_is_asked_for_again(cast, pocket):
    await pocket.sign_in("cadre")
    await pocket.sync()
    task = await asked(assignee_id=cast.cadre.person_id)
    pocket.line.fault = answer_lost
    with pytest.raises(NotNow):
        await pocket.sync()
    pocket.line.fault = None
    await pocket.sync()

    assert held(pocket) == {str(task.id)}


async def test_what_is_gone_is_let_go_of_with_the_reason(cast, pocket):
    done, handed = await asked(assignee_id=cast.cadre.person_id), await asked(assignee_id=cast.cadre.person_id)
    person = await pocket.sign_in("cadre")
    await pocket.sync()
    await complete_task(task_id=done.id, by=cast.cadre)
    await hand_over_task(id=ids.uuid7(), task_id=handed.id, to_person_id=cast.next_cadre.person_id, by=cast.cadre)
    await pocket.sync()

    gone = pocket.phone.store.gone(person)
    assert held(pocket) == set()
    assert (gone["tasks", str(done.id)], gone["tasks", str(handed.id)]) == ("ended", "not_yours")


async def test_a_reset_replaces_what_was_held(cast, pocket):
    person = await pocket.sign_in("cadre")
    await pocket.sync()
    store = pocket.phone.store
    ghost = {"tasks": {"put": [{"id": "nobody knows it any more"}], "gone": []}}
    store.keep(person, {"reset": False, "cursor": store.cursor(person), "changes": ghost})
    await fetch("DELETE FROM sync_view")  # it was away for longer than views are kept
    task = await asked(assignee_id=cast.cadre.person_id)
    await pocket.sync()

    assert held(pocket) == {str(task.id)}


async def test_two_persons_on_one_phone_carry_each_his_own(cast, pocket):
    mine, yours = await asked(assignee_id=cast.cadre.person_id), await asked(assignee_id=cast.assistant.person_id)
    cadre, assistant = await pocket.sign_in("cadre"), await pocket.sign_in("assistant")
    await pocket.sync()
    pocket.phone.hand_to(cadre)
    assert held(pocket) == set()
    await pocket.sync()

    assert held(pocket) == {str(mine.id)}
    pocket.phone.hand_to(assistant)
    assert held(pocket) == {str(yours.id)}
