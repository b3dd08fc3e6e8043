"""A letter as it looks filled in, one tap from the version that holds it."""

from collections.abc import AsyncIterator
from io import BytesIO

import httpx
import pytest
from pypdf import PdfReader

from backend.kits.letter_setting import SAMPLE
from tests.application import application
from tests.cast import Cast
from tests.console.bench_desk import Desk
from tests.console.kits.test_kits import HERE, PAGES


@pytest.fixture
async def desk(cast: Cast, published: None) -> AsyncIterator[Desk]:
    transport = httpx.ASGITransport(application(PAGES))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield await Desk(client).be(cast.supervisor)


async def addresses(desk: Desk) -> list[str]:
    page = await desk.look(HERE)
    return page.all('//a[contains(., "看样张")]/@href')


async def test_every_letter_of_every_kit_has_its_sample(desk: Desk) -> None:
    found = await addresses(desk)
    assert [address.split("/")[4] for address in found] == ["antifraud_visit", "market_stall"]
    for address in found:
        for _ in range(2):
            answer = await desk.raw(address)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        [sheet] = PdfReader(BytesIO(answer.content)).pages
        assert SAMPLE["serial"] in sheet.extract_text()


async def test_samples_are_for_those_who_oversee_and_only_of_what_there_is(desk: Desk, cast: Cast) -> None:
    address, _ = await addresses(desk)
    for wrong in (address.replace("reminder", "remainder"), address.replace("/2026", "/2020")):
        assert (await desk.raw(wrong)).status_code == 404
    for who in (cast.cadre, cast.stranger, cast.operator):
        await desk.be(who)
        assert (await desk.raw(address)).status_code == 403
    del desk._client.headers["Authorization"]
    assert (await desk.raw(address)).status_code == 303
