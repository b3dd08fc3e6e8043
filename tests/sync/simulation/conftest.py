"""The house, and the loop that it lives on."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.people import proofs
from tests.application import whole_house
from tests.cast import Cast, make_cast
from tests.conftest import Kept
from tests.sync.simulation.office import Office, open_office
from tests.sync.simulation.silence import silent
from tests.sync.simulation.village import Stage


@pytest.fixture
def silence() -> Iterator[None]:
    """It says nothing about dying on purpose."""
    with silent():
        yield


@pytest.fixture
async def stage(pool: None, silence: None, tmp_path: Path) -> Stage:
    """This session's house."""
    return Stage(whole_house(), asyncio.get_running_loop(), tmp_path)


class Settled(Kept[tuple[Cast, Office]]):
    """The cast and the office, made once a session."""

    def __init__(self) -> None:
        super().__init__(_settled)

    async def again(self) -> tuple[Cast, Office]:
        """Both, in tables that are empty."""
        proofs._memo.clear()
        return await super().again()


async def _settled() -> tuple[Cast, Office]:
    return await make_cast(), await open_office()


@pytest.fixture(scope="session")
def settled(pool: None) -> Settled:
    """Kept for this session."""
    return Settled()
