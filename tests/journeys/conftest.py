"""A real server for each journey, started as somebody would start it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from backend.core import clock
from backend.push import outlets
from tests.cases.desk import Desk
from tests.cast import Cast
from tests.house import House
from tests.journeys.night import AT_TWO, Night
from tests.push.conftest import Ways


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty one; whatever still runs at the end is killed."""
    yield from _house(tmp_path)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A demo that began with nothing, open, for the tests that only look at it."""
    for house in _house(tmp_path_factory.mktemp("demo")):
        house.open("demo")
        yield house


@pytest.fixture(scope="module")
def started_again(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[House]:
    """A demo whose county was there before: open in a few seconds."""
    for house in _house(tmp_path_factory.mktemp("demo")):
        house.move_in(seeded)
        house.open("demo")
        yield house


def _house(folder: Path) -> Iterator[House]:
    folder.chmod(0o755)  # PostgreSQL does not run as root: its user has to get through
    house = House(folder / "lianxin")
    yield house
    house.kill_everybody(postgres_first=False)


@pytest.fixture
async def night(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Night]:
    """The same program without a port, so that a test may move its clock."""
    ways = Ways()
    monkeypatch.setattr(outlets, "in_use", ways.all)
    fallen = await Night.fall(await Desk.make(cast), ways)
    with clock.stopped(AT_TWO):
        yield fallen
    await fallen.client.aclose()
