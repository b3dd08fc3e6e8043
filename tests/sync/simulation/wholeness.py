"""What must be so in the house when everybody has come home: what was told done is there, once, and nothing else."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from backend.core.database import fetch
from tests.sync.simulation.traces import Traces, case_photos, cases, place_of, steps_of, traces
from tests.sync.simulation.village import DONE, Deed, Village

LONGEST_WAY = timedelta(minutes=5)
"""From the phone's reading its clock to the house's reading its own, on a busy machine."""
ON_DISK = (*DONE, "conflict")


def house_is_whole(village: Village) -> None:
    """All of it. Raises AssertionError."""
    rows = village.stage.call(_commands())
    visits = village.stage.call(_visits())
    what_was_told_done_is_done_once(village, rows, visits)
    what_is_there_was_done_by_somebody(village, rows, visits)
    photos_have_found_their_visits(village, visits)
    tasks_are_where_commands_put_them(village)
    there = village.stage.call(traces())
    deeds_have_left_their_trace(village, there)
    nothing_is_made_up(village, there)
    photos_have_found_their_cases(village)
    warnings_are_as_phones_were_told(village)


def what_was_told_done_is_done_once(village: Village, rows: dict[str, Any], visits: dict[str, Any]) -> None:
    """By whoever did it, however often it was sent, and whoever sent it."""
    for id in (id for id, verdicts in village.told.items() if any(each["outcome"] in ON_DISK for each in verdicts)):
        deed = village.deeds[id]
        if deed.verb == "recordVisit":
            assert deed.arguments["id"] in visits
            kept = visits[deed.arguments["id"]]
            assert str(kept["recorded_by"]) == deed.author
            assert kept["needs"] == len(deed.arguments.get("needs", ()))
        else:
            assert id in rows
            assert (str(rows[id]["author"]), rows[id]["verb"]) == (deed.author, deed.verb)
            assert rows[id]["captured_at"] == deed.captured_at


def what_is_there_was_done_by_somebody(village: Village, rows: dict[str, Any], visits: dict[str, Any]) -> None:
    """No command and no visit that no phone knows of, and no author but who had the phone in his hand."""
    made = {deed.arguments["id"]: deed for deed in village.deeds.values() if deed.verb == "recordVisit"}
    assert visits.keys() <= made.keys()
    assert all(str(row["recorded_by"]) == made[id].author for id, row in visits.items())
    asked = {deed.id: deed for deed in village.deeds.values() if deed.verb == "requestDiagnosis"}
    late = {str(uuid5(UUID(id), "photos")): deed for id, deed in (made | asked).items()}
    assert rows.keys() <= village.deeds.keys() | late.keys()
    assert all(str(row["author"]) == (village.deeds | late)[id].author for id, row in rows.items())


def photos_have_found_their_visits(village: Village, visits: dict[str, Any]) -> None:
    """Those that came with a visit, and those that came after it: each once."""
    named: dict[str, list[str]] = {id: [] for id in visits}
    for deed in village.deeds.values():
        visit_id = deed.arguments.get("id" if deed.verb == "recordVisit" else "visit_id")
        if visit_id in named and any(_was_told(village, deed, outcome) for outcome in DONE):
            named[visit_id] += deed.photos
    for id, visit in visits.items():
        there = {str(photo) for photo in visit["photos"]}
        assert len(there) == len(visit["photos"])
        assert there - _perhaps(village) == set(named[id]) - _perhaps(village)


def photos_have_found_their_cases(village: Village) -> None:
    """Of steps, of sick crops, of what farmers answered: each on the one case that it was taken for."""
    named: dict[str, str] = {}
    for deed in village.deeds.values():
        if deed.photos and "visit_id" not in deed.arguments and any(_was_told(village, deed, each) for each in DONE):
            case_id = deed.arguments.get("case_id", deed.arguments.get("request_id", deed.own_id))
            named |= dict.fromkeys(deed.arguments.get("photo_ids", ()), case_id)
    there = village.stage.call(case_photos())
    perhaps = _perhaps(village)
    assert {id: case for id, case in there.items() if id not in perhaps} == {
        id: case for id, case in named.items() if id not in perhaps
    }


def _perhaps(village: Village) -> set[str]:
    """Photos that were sent or not before their phone was set back."""
    of_forgotten = [deed.photos for deed in village.deeds.values() if deed.id in village.forgotten]
    return village.lost_photos.union(*of_forgotten)


def deeds_have_left_their_trace(village: Village, there: Traces) -> None:
    """What was stored is there, by whoever did it, of the moment at which he did it, however wrong his phone's clock.
    What was a duplicate from the first may have been done by another under another id."""
    for deed in village.deeds.values():
        place = place_of(deed.verb)
        trace = there[place].get(deed.own_id) if place else None
        assert trace is not None or place is None or not _was_told(village, deed, "stored"), deed.verb
        if trace is not None:
            assert trace.author == deed.author, deed.verb
        if trace is not None and trace.at is not None:
            assert abs(trace.at - deed.done_at) < LONGEST_WAY, deed.verb


def nothing_is_made_up(village: Village, there: Traces) -> None:
    """Whatever stands under somebody's name was done on a phone."""
    made = {deed.own_id for deed in village.deeds.values()}
    needs = {need["id"] for deed in village.deeds.values() for need in deed.arguments.get("needs", ())}
    for verb in ("requestDiagnosis", "receiveSample", "handOverSample", "recordAttempt"):
        assert there[verb].keys() <= made, verb
    assert village.stage.call(cases()) <= made | needs
    steps = village.stage.call(steps_of([somebody.actor.person_id for somebody in village.people]))
    assert steps <= made


def warnings_are_as_phones_were_told(village: Village) -> None:
    """One that was taken is taken, one that was ended is over."""
    states = {str(row["id"]): row["state"] for row in village.stage.call(_warnings())}
    for deed in village.deeds.values():
        if deed.verb == "acknowledgeWarning" and _was_told(village, deed, "stored"):
            assert states[deed.arguments["warning_id"]] in ("open", "acknowledged", "closed")
        if deed.verb == "closeWarning" and _was_told(village, deed, "stored"):
            assert states[deed.arguments["warning_id"]] == "closed"


def tasks_are_where_commands_put_them(village: Village) -> None:
    """A task that was told done is closed by who did it; one that was handed over has one successor."""
    tasks = {str(row["id"]): row for row in village.stage.call(_tasks())}
    ours = {id for id, row in tasks.items() if row["origin_room"] == "tests"}
    handed = Counter(str(row["handed_to"]) for row in tasks.values() if row["handed_to"])
    assert set(handed.values()) <= {1}
    assert ours == village.asked | {id for id in handed if id in ours}
    for deed in village.deeds.values():
        if deed.verb == "completeTask" and _was_told(village, deed, "stored"):
            row = tasks[deed.arguments["task_id"]]
            assert (row["state"], str(row["closed_by"])) == ("done", deed.author)
        if deed.verb == "handOverTask" and _was_told(village, deed, "stored"):
            assert str(tasks[deed.arguments["task_id"]]["handed_to"]) == deed.arguments["id"]


def _was_told(village: Village, deed: Deed, outcome: str) -> bool:
    return any(each["outcome"] == outcome for each in village.told.get(deed.id, ()))


async def _commands() -> dict[str, Any]:
    rows = await fetch("SELECT id, verb, author, outcome, captured_at, received_at FROM sync_command")
    return {str(row["id"]): row for row in rows}


async def _visits() -> dict[str, Any]:
    counted = "(SELECT count(*) FROM cases_case c WHERE c.origin_room = 'visits' AND c.origin_id = v.id) AS needs"
    photos = "ARRAY(SELECT p.photo FROM visits_photo p WHERE p.visit = v.id ORDER BY p.photo) AS photos"
    rows = await fetch(f"SELECT id, recorded_by, {counted}, {photos} FROM visits_visit v")
    return {str(row["id"]): row for row in rows}


async def _tasks() -> list[Any]:
    return list(await fetch("SELECT id, state, closed_by, handed_to, origin_room FROM tasks_task"))


async def _warnings() -> list[Any]:
    return list(await fetch("SELECT id, state FROM antifraud_warning"))
