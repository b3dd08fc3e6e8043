"""A poster that hangs at a station, and the real program behind it."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.core.ids import uuid7
from backend.people import actions, station_codes
from backend.people.actors import Actor
from backend.people.tables import UnitKind
from tests.cast import COUNTY, VILLAGE
from tests.conftest import Played, emptied
from tests.media.uploads.nodes import Nodes


class Poster(NamedTuple):
    """What hangs at a station: where its code leads."""

    base_url: str
    path: str


@pytest.fixture(scope="module")
async def poster(
    pool: None, migrated: str, played: Played, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Poster]:
    """The poster of a station whose studio answers, and the real program with its worker behind it."""
    nodes = Nodes(migrated, tmp_path_factory.mktemp("door") / "printed", SMS_STAND_IN="true")
    async with emptied():
        path = await hung_up((await played.again()).admin)
        try:
            yield Poster(f"http://127.0.0.1:{nodes.start()}", path)
        finally:
            nodes.close()


async def hung_up(by: Actor) -> str:
    """Open a station under a studio and make its code; the path behind it."""
    studio = await actions.open_unit(id=uuid7(), name="农技工作室", kind=UnitKind.STUDIO, division_code=COUNTY)
    station = await actions.open_unit(
        id=uuid7(), name="村农技服务点", kind=UnitKind.STATION, division_code=VILLAGE, parent_id=studio.id
    )
    code = await station_codes.make_station_code(unit_id=station.id, by=by)
    return f"/q/{code.replace('-', '')}"
