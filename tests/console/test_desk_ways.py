"""From the board every page of the desk is a tap away, and nobody is sent where he may not go."""

import pytest

from tests.cast import Cast
from tests.console.duty_desk import DUTY, duty_desk

DAILY = {f"{DUTY}/{each}" for each in ("calls", "callbacks", "texts", "transfers")}


@pytest.mark.parametrize("who", ["operator", "handler", "supervisor", "auditor", "admin"])
async def test_every_page_that_the_board_leads_to_opens_for_whom_it_is_shown_to(cast: Cast, who: str) -> None:
    async with duty_desk() as desk:
        await desk.be(getattr(cast, who))
        board = await desk.look(DUTY)
        ways = board.all('//nav[contains(@class, "desk-ways")]//a/@href')
        for address in ways:
            assert (await desk.raw(address)).status_code == 200, address
    if who in ("operator", "supervisor", "admin"):
        assert set(ways) > DAILY


async def test_who_has_nothing_to_do_there_is_offered_nothing(cast: Cast) -> None:
    async with duty_desk() as desk:
        board = await (await desk.be(cast.expert)).look(DUTY)
    assert not board.all('//nav[contains(@class, "desk-ways")]')
