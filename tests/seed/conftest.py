"""The demo county, planted once for the tests that only look at it."""

from collections.abc import AsyncIterator

import pytest

from backend.visits.reference import load_reference
from seed import county
from tests.conftest import emptied


@pytest.fixture(scope="module")
async def planted(pool: None) -> AsyncIterator[county.Seeded]:
    """What planting said; the tables are emptied after the module."""
    await load_reference()
    async with emptied():
        yield await county.plant()
