"""The public list, loaded: 3,923 real divisions."""

from datetime import date
from pathlib import Path

import pytest

from backend.territory import actions

DIVISIONS = Path(__file__).parents[2] / "seed" / "divisions.csv"
NBS = "NBS 2023"
LISTED_ON = date(2023, 6, 30)


@pytest.fixture
async def divisions(db: None) -> None:
    """The list in the database."""
    await actions.load_divisions(path=DIVISIONS, source=NBS, valid_from=LISTED_ON)
