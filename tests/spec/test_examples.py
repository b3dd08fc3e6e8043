"""An example in the document can be sent as it stands."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from backend.openapi.examples import EXAMPLES
from backend.people.sessions import access_token_for
from tests.application import whole_house
from tests.cast import Cast
from tests.spec.test_openapi import OPERATIONS, operations

SENT = [(name, example) for name, examples in EXAMPLES.items() for example in examples]


@pytest.fixture
async def served(cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(whole_house())
    token = await access_token_for(person_id=cast.cadre.person_id, valid_for=timedelta(minutes=5))
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://lianxin.test", headers=headers) as client:
        yield client


@pytest.mark.parametrize(("name", "example"), SENT)
async def test_an_example_is_taken_as_it_stands(served: httpx.AsyncClient, name: str, example: str) -> None:
    shown = dict(operations())[name]["requestBody"]["content"]["application/json"]["examples"][example]["value"]
    method, path = next((method, path) for known, method, path in OPERATIONS if known == name)

    answer = await served.request(method, path, json=shown)

    assert answer.status_code in (200, 201), answer.text
    assert answer.json().get("refused", 0) == 0
