"""What holds the simulation to its word: phones and lines that cheat are caught."""

import asyncio
import json
from collections.abc import Callable
from random import Random
from typing import Any

import httpx
import pytest
from lianxin_client import commands
from lianxin_client.commands import Standing
from lianxin_client.queue import Queue
from lianxin_client.signing_in import people

from backend.core import clock, ids
from tests.cast import Cast
from tests.sync.simulation.agreement import must_agree
from tests.sync.simulation.dying import Died, MortalStore
from tests.sync.simulation.handset import Handset
from tests.sync.simulation.people import people_of
from tests.sync.simulation.village import Stage, Village
from tests.sync.simulation.weather import PUSH, Weather
from tests.tasks.requests import asked


class CursorFirst(MortalStore):
    """Keeps its cursor before its records, and dies between the two, once."""

    def keep(self, person: str, page: Any) -> None:
        if self._life.left is None:
            super().keep(person, page)
            return
        with self.transaction():
            self.rows("UPDATE person SET cursor = ? WHERE id = ?", page["cursor"], person)
        raise Died


def contact(village: Village, handset: Handset, card: str = "LLM-001") -> None:
    """A call that somebody writes down."""
    arguments = {"id": str(ids.uuid7()), "channel": "call", "occurred_at": clock.now().isoformat()}
    village.note(handset, handset.phone.do("recordVisit", arguments | {"household_code": card}))


async def play(stage: Stage, cast: Cast, happens: Callable[[Village], None], **more: Any) -> None:
    """One phone that the cadres share; what happens on it; and everybody comes home."""

    def lived() -> None:
        village = Village(stage, people_of(cast)[:2], [people_of(cast)[:2]], **more)
        try:
            happens(village)
            must_agree(village)
        finally:
            village.close()

    await asyncio.to_thread(lived)


def both_work(village: Village) -> None:
    """One writes a contact down and hands the phone on; the other writes one down, and sends both."""
    [handset] = village.phones
    contact(village, handset)
    handset.hand_to(village.people[1])
    contact(village, handset)
    contact(village, handset, "NOT-A-CARD")
    handset.sync(Random(1), fair=True, dies_after=1_000)


async def test_honest_phones_are_not_suspected(stage: Stage, cast: Cast) -> None:
    await play(stage, cast, both_work)


async def caught(stage: Stage, cast: Cast, **more: Any) -> set[str]:
    """The check that does not hold, and what it was called by."""
    with pytest.raises(AssertionError) as found:
        await play(stage, cast, both_work, **more)
    return {entry.name for entry in found.traceback}


async def test_a_task_that_nobody_asked_for_is_caught(stage: Stage, cast: Cast) -> None:
    await asked(assignee_id=cast.cadre.person_id)

    assert "tasks_are_where_commands_put_them" in await caught(stage, cast)


async def test_a_cursor_that_is_kept_before_its_records_is_caught(stage: Stage, cast: Cast) -> None:
    assert "phones_hold_what_a_fresh_one_gets" in await caught(stage, cast, store=CursorFirst)


async def test_signing_for_somebody_else_is_caught(stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Queue.add
    first = str(cast.cadre.person_id)

    def forged(queue: Queue, verb: str, arguments: Any, *, by: Any, **more: Any) -> str:
        return honest(queue, verb, arguments, by=_person(queue, first), **more)

    monkeypatch.setattr(Queue, "add", forged)
    assert "what_was_told_done_is_done_once" in await caught(stage, cast)


async def test_forgetting_what_was_refused_is_caught(stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(commands.AFTER, "refused", Standing.DONE)
    assert "what_was_refused_is_on_its_phones_list" in await caught(stage, cast)


async def test_a_line_that_says_stored_without_delivering_is_caught(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Weather.handle_request

    def lies(line: Weather, request: httpx.Request) -> httpx.Response:
        if request.url.path != PUSH:
            return honest(line, request)
        sent = json.loads(request.read())["commands"]
        rows = [{"index": n, "id": each["id"], "outcome": "stored"} for n, each in enumerate(sent)]
        line._told(rows)
        return httpx.Response(200, json={"rows": rows, "skew_s": 0, "skewed": False})

    monkeypatch.setattr(Weather, "handle_request", lies)
    assert "what_was_told_done_is_done_once" in await caught(stage, cast)


def _person(queue: Queue, id: str) -> Any:
    return next(each for each in people(queue._store) if each.id == id)
