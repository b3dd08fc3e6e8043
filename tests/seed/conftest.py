"""The demo county, planted once a session: a file that looks at it finds the rows of that planting."""

from collections.abc import AsyncIterator

import pytest

from seed import county
from tests.conftest import Kept, emptied


@pytest.fixture(scope="session")
def planting() -> Kept[county.Seeded]:
    """What planting said, and the rows: seven seconds of work the first time, a third of one from then on."""
    return Kept(county.plant)


@pytest.fixture(scope="module")
async def planted(pool: None, planting: Kept[county.Seeded]) -> AsyncIterator[county.Seeded]:
    """What planting said; the tables are emptied after the module."""
    async with emptied():
        yield await planting.again()
