"""An example in the document can be sent as it stands, by the role that it names."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest

from backend.core import clock, ids
from backend.openapi.examples import EXAMPLES
from backend.people.actions import open_unit
from backend.people.sessions import access_token_for
from backend.people.tables import UnitKind
from tests.application import whole_house
from tests.cast import COUNTY, Cast
from tests.spec.test_openapi import OPERATIONS, operations

SENT = [(name, example.name) for name, examples in EXAMPLES.items() for example in examples]
DAY = datetime(2026, 11, 21, 10, tzinfo=clock.SHANGHAI)
"""The day after the one that the examples tell of."""


@pytest.fixture
async def client(cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    await open_unit(id=ids.uuid7(), name="县农技工作室", kind=UnitKind.STUDIO, division_code=COUNTY)
    transport = httpx.ASGITransport(whole_house())
    async with httpx.AsyncClient(transport=transport, base_url="http://lianxin.test") as client:
        yield client


@pytest.mark.parametrize(("name", "example"), SENT)
async def test_an_example_is_taken_as_it_stands(client: httpx.AsyncClient, cast: Cast, name: str, example: str) -> None:
    shown = dict(operations())[name]["requestBody"]["content"]["application/json"]["examples"][example]["value"]
    method, path = next((method, path) for known, method, path in OPERATIONS if known == name)
    [role] = [each.by for each in EXAMPLES[name] if each.name == example]

    with clock.stopped(DAY):
        token = await access_token_for(person_id=getattr(cast, role.value).person_id, valid_for=timedelta(minutes=5))
        answer = await client.request(method, path, json=shown, headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code in (200, 201, 202), answer.text
    assert answer.json().get("refused", 0) == 0
