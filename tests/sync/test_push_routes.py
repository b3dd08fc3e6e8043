"""Who may send commands, in which shape, and what comes back over the wire."""

from backend.core import clock
from backend.core.database import fetch
from tests.sync.batches import done, visit
from tests.tasks.requests import asked

COMMANDS = "/sync/commands"


async def test_nobody_sends_commands(wire):
    answer = await wire.post(COMMANDS, json={"commands": []})

    assert (answer.status_code, answer.json()["code"]) == (401, "core/sign-in-needed")


async def test_a_body_of_the_wrong_shape_is_refused_with_its_place(wire, as_, cast):
    headers = await as_(cast.cadre)
    for body, pointer in (({"commands": 1}, "/commands"), ({}, "/commands"), ({"commands": [], "x": 1}, "/x")):
        answer = await wire.post(COMMANDS, json=body, headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (400, "core/malformed")
        assert answer.json()["errors"][0]["pointer"] == pointer
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_of_many_megabytes_is_not_read(wire, as_, cast):
    answer = await wire.post(COMMANDS, content=b" " * 9_000_000, headers=await as_(cast.cadre))

    assert answer.status_code == 413


async def test_what_is_a_strangers_is_refused_command_by_command(wire, as_, cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    headers = await as_(cast.stranger)

    answer = await wire.post(COMMANDS, json={"commands": [visit(), done(task.id)]}, headers=headers)

    assert answer.status_code == 200
    codes = [row["problem"]["code"] for row in answer.json()["rows"]]
    assert codes == ["visits/household-of-another-territory", "tasks/task-unknown"]
    assert await fetch("SELECT id FROM visits_visit") == []


async def test_the_right_person_is_told_what_became_of_each_and_twice_is_once(wire, as_, cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    batch = {"commands": [visit(), done(task.id)], "sent_at": clock.now().isoformat()}
    headers = await as_(cast.cadre)

    first = (await wire.post(COMMANDS, json=batch, headers=headers)).json()
    again = (await wire.post(COMMANDS, json=batch, headers=headers)).json()

    assert [first[name] for name in ("stored", "duplicate", "refused", "skewed")] == [2, 0, 0, False]
    assert first["rows"][1] == {
        "index": 1,
        "id": batch["commands"][1]["id"],
        "outcome": "stored",
        "record_id": str(task.id),
    }
    assert [again[name] for name in ("stored", "duplicate", "refused")] == [0, 2, 0]
    assert again["rows"][1]["record"]["state"] == "done"


async def test_an_empty_batch_tells_the_time(wire, as_, cast):
    answer = await wire.post(COMMANDS, json={"commands": []}, headers=await as_(cast.cadre))

    assert (answer.status_code, answer.json()["rows"]) == (200, [])
    assert answer.json()["received_at"].endswith("Z")
