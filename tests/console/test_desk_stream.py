"""The stream of an open board: that something changed, for whom it is, and never what."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from backend.console.desk import stream
from backend.console.desk.stream import Boards, Changed, changed
from backend.console.desk.stream_queries import Mark
from backend.core import ids, leaving
from backend.core.database import DatabaseDown, fetch
from backend.hotline import shift_notes
from backend.hotline.shift_note_schemas import NewShiftNote
from backend.people.actors import Actor
from tests.cast import Cast
from tests.console.duty_desk import DUTY, duty_desk
from tests.console.test_desk_callbacks import missed
from tests.hotline.desk_cast import Hotline


@pytest.fixture
async def hotline(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Hotline:
    monkeypatch.setattr(stream, "EVERY_S", 0.05)
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.5)
    return await Hotline.open(cast)


class Listener:
    """An open board of somebody, which has heard its first heartbeat."""

    def __init__(self, boards: Boards, who: Actor) -> None:
        self._told = boards.follow(who)

    async def hears(self) -> Changed | None:
        """What comes next; None where nothing comes."""
        return await asyncio.wait_for(anext(self._told), 30)

    async def rest(self) -> int:
        """How many heartbeats come before it ends."""
        return len([told async for told in self._told])

    async def close(self) -> None:
        await self._told.aclose()  # type: ignore[attr-defined]


@pytest.fixture
async def open_boards(hotline: Hotline) -> AsyncIterator[list[Listener]]:
    """The operator's, the supervisor's, and that of a stranger, on one process."""
    boards = Boards()
    opened = [Listener(boards, who) for who in (hotline.clerk, hotline.supervisor, hotline.cast.stranger)]
    assert [await each.hears() for each in opened] == [None, None, None]
    yield opened
    for each in opened:
        await each.close()


async def test_a_missed_call_is_told_to_the_boards_that_show_it_and_to_no_other(
    hotline: Hotline, open_boards: list[Listener]
) -> None:
    await missed(hotline, minutes=3)
    clerk, supervisor, stranger = open_boards
    assert "missed" in (await clerk.hears() or ())
    assert "missed" in (await supervisor.hears() or ())
    assert await stranger.hears() is None


async def test_what_was_told_is_not_told_again_while_nothing_changes(
    hotline: Hotline, open_boards: list[Listener]
) -> None:
    callback_id = await missed(hotline, minutes=3)
    clerk = open_boards[0]
    assert await clerk.hears() is not None
    while await clerk.hears() is not None:
        pass
    assert await clerk.hears() is None
    await fetch(
        "UPDATE hotline_callback SET state = 'moot', closed_at = now() WHERE id = $1",
        callback_id,
    )
    assert await clerk.hears() == {"missed"}, "one that went is news as well"


async def test_a_note_for_the_next_shift_and_a_new_case_are_told_too(
    hotline: Hotline, open_boards: list[Listener]
) -> None:
    new = NewShiftNote(unit_id=hotline.desk.hotline, text="断电的事还没回话")
    await shift_notes.leave_shift_note(id=ids.uuid7(), new=new, by=hotline.late)
    clerk = open_boards[0]
    assert await clerk.hears() == {"notes"}
    await hotline.desk.open(title="断电")
    assert await clerk.hears() == {"cases"}


def test_a_case_that_is_no_longer_new_is_no_news() -> None:
    unit_id = uuid4()
    case, call = Mark("cases", unit_id, "371526", 1), Mark("calls", unit_id, "371526", 2)
    assert changed(frozenset({case, call}), frozenset()) == {call}
    assert changed(frozenset(), frozenset({case})) == {case}


async def test_a_server_that_leaves_closes_every_stream(
    open_boards: list[Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "_begun", True)
    for each in open_boards:
        assert await each.rest() <= 2


BROKEN = (OSError(), DatabaseDown(), asyncpg.ConnectionDoesNotExistError(), asyncpg.InterfaceError("released"))


@pytest.mark.parametrize("error", BROKEN, ids=lambda each: type(each).__name__)
async def test_a_database_that_is_away_for_a_moment_ends_no_stream(
    hotline: Hotline, open_boards: list[Listener], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    clerk = open_boards[0]
    with monkeypatch.context() as broken:

        async def away(**_: object) -> frozenset[Mark]:
            raise error

        broken.setattr(stream.stream_queries, "marks", away)
        assert await clerk.hears() is None
    await missed(hotline, minutes=3)
    assert "missed" in (await clerk.hears() or ())


async def test_nobody_is_led_to_sign_in_where_a_stream_would_be() -> None:
    async with duty_desk() as nobody:
        answer = await nobody.raw(f"{DUTY}/stream")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={DUTY}/stream")
