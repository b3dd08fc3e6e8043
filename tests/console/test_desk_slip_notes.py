"""Empty receipt notes for a stall, from the page of flow slips."""

from collections.abc import AsyncIterator
from io import BytesIO
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from pypdf import PdfReader

from backend.core import ids
from backend.people import actions
from backend.people.tables import UnitKind
from tests.cases.desk import Desk as Cases
from tests.cast import OTHER_COUNTY, TOWNSHIP, Cast
from tests.console.bench_desk import Desk
from tests.console.duty_desk import DUTY, duty_desk

NOTES = f"{DUTY}/slip-notes.pdf"
PHONE = "0635-3959110"


@pytest.fixture
async def cases(cast: Cast, published: None) -> Cases:
    return await Cases.make(cast)


@pytest.fixture
async def desk(cases: Cases) -> AsyncIterator[Desk]:
    async with duty_desk() as desk:
        yield await desk.be(cases.clerk)


async def asked(desk: Desk, **typed: str) -> str:
    """Where the form leads, with what is typed over what stands in it."""
    page = await desk.look(f"{DUTY}/slips")
    form = next(one for one in page.tree.forms if (one.action or "").endswith("/slip-notes.pdf"))
    return f"{form.action}?{urlencode(dict(form.form_values()) | typed)}"


async def test_as_many_notes_as_asked_with_the_units_public_number_and_no_other(desk: Desk, cast: Cast) -> None:
    kind = UnitKind.STATION
    stall = await actions.open_unit(
        id=ids.uuid7(), name="梁村便民服务站", kind=kind, division_code=TOWNSHIP, public_phone=PHONE
    )
    await desk.be(cast.supervisor)
    for _ in range(2):
        answer = await desk.raw(await asked(desk, notes_unit=str(stall.id), notes_n="7"))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        told = ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.content)).pages]
        assert len(told) == 7
        assert all("梁村便民服务站" in text and f"办公电话{PHONE}" in text and "199" not in text for text in told)


async def test_a_number_or_a_unit_that_cannot_be_is_told_beside_its_field(desk: Desk) -> None:
    for wrong in ("0", "201", "很多", "", "1.5", "²"):
        page = await desk.look(await asked(desk, notes_n=wrong), 400)
        assert "1 到 200" in page.said('//p[@id="wrong-notes_n"]'), wrong
        assert page.all('//input[@id="notes_n" and @aria-invalid]/@value') == [wrong]
    page = await desk.look(await asked(desk, notes_unit="nonsense"), 400)
    assert page.said('//p[@id="wrong-notes_unit"]')


async def test_nobody_and_no_stranger_print_notes_for_a_unit(desk: Desk, cast: Cast, cases: Cases) -> None:
    address = await asked(desk, notes_n="2")
    elsewhere = await actions.open_unit(
        id=ids.uuid7(), name="外县服务站", kind=UnitKind.STATION, division_code=OTHER_COUNTY
    )
    for unit in (elsewhere.id, uuid4()):
        assert (await desk.raw(f"{NOTES}?notes_unit={unit}&notes_n=2")).status_code == 404
    await desk.be(cast.stranger)
    assert (await desk.raw(address)).status_code == 404
    await desk.be(cast.expert)
    assert (await desk.raw(address)).status_code == 403
    del desk._client.headers["Authorization"]
    assert (await desk.raw(address)).status_code == 303
