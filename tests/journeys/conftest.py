"""A real server for each journey, started as somebody would start it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty one; whatever still runs at the end is killed."""
    yield from _house(tmp_path)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One with the demo county inside, open, for the tests that only look at it."""
    for house in _house(tmp_path_factory.mktemp("demo")):
        house.open("demo")
        yield house


def _house(folder: Path) -> Iterator[House]:
    folder.chmod(0o755)  # PostgreSQL does not run as root: its user has to get through
    house = House(folder / "lianxin")
    yield house
    house.kill_everybody(postgres_first=False)
