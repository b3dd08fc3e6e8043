"""The demo county, planted once for the tests that only look at it."""

from collections.abc import AsyncIterator

import pytest

from backend.core import database
from backend.visits.reference import load_reference
from seed import county
from tests.conftest import REFERENCE


@pytest.fixture(scope="module")
async def planted(pool: None) -> AsyncIterator[county.Seeded]:
    """What planting said; the tables are emptied after the module."""
    await load_reference()
    yield await county.plant()
    tables = await database.fetch(
        "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL($1)",
        REFERENCE,
    )
    await database.fetch(f"TRUNCATE {', '.join(row['name'] for row in tables)} CASCADE")
