"""The public list, loaded: 3,923 real divisions."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from backend.territory import actions
from tests.conftest import Kept

DIVISIONS = Path(__file__).parents[2] / "seed" / "divisions.csv"
NBS = "NBS 2023"
LISTED_ON = date(2023, 6, 30)


@pytest.fixture(scope="session")
def listed() -> Kept[object]:
    """Loaded once; from then on its rows are put back."""
    return Kept(partial(actions.load_divisions, path=DIVISIONS, source=NBS, valid_from=LISTED_ON))


@pytest.fixture
async def divisions(db: None, listed: Kept[object]) -> None:
    """The list in the database."""
    await listed.again()
