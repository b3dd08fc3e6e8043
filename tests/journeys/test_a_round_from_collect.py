"""A round from door to door with ODK Collect: taken along, walked without signal, sent, counted; and forgotten."""

import csv
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from lxml import etree

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.settings import settings
from backend.people import households
from backend.people.actors import Actor
from backend.people.keys import make_access_key
from backend.people.tables import Role
from tests.antifraud.outreach import signed_in, somebody
from tests.application import whole_house
from tests.cast import COUNTY, VILLAGE, Cast
from tests.openrosa.collect import send
from tests.openrosa.round_doors import door

LIST, MANIFEST = "{http://openrosa.org/xforms/xformsList}", "{http://openrosa.org/xforms/xformsManifest}"
DAY = timedelta(days=1)


class Walk:
    """The county's house, the assistant's phone, and what the phone took along."""

    def __init__(self, cast: Cast, client: httpx.AsyncClient, phone: httpx.AsyncClient) -> None:
        self.cast, self.client, self.phone = cast, client, phone

    async def api(self, who: Actor, method: str, path: str, said: Any = None) -> Any:
        """Ask the house something as somebody."""
        answer = await self.client.request(method, f"/api/v1{path}", json=said, headers=await signed_in(who))
        assert answer.is_success, answer.text
        return answer.json()

    async def fetched(self) -> dict[str, list[dict[str, str]]]:
        """The form and its tables, by the addresses that the list leads to."""
        listed = etree.fromstring((await self.phone.get("/formList")).content)
        (ours,) = [each for each in listed if each.findtext(f"{LIST}formID") == "antifraud_visit"]
        assert b"households.csv" in (await self.phone.get(ours.findtext(f"{LIST}downloadUrl"))).content
        manifest = etree.fromstring((await self.phone.get(ours.findtext(f"{LIST}manifestUrl"))).content)
        return {
            each.findtext(f"{MANIFEST}filename"): list(
                csv.DictReader(StringIO((await self.phone.get(each.findtext(f"{MANIFEST}downloadUrl"))).text))
            )
            for each in manifest
        }


@pytest.fixture
async def walk(cast: Cast, published: None) -> AsyncIterator[Walk]:
    """A village of five households: of fewer, nobody is told a number."""
    seeder = await somebody(Role.ADMIN, COUNTY)
    for number in (4, 5):
        card = {"code": f"LLM-00{number}", "division_code": VILLAGE, "contact_name": "邻居"}
        await households.register_household(id=ids.uuid7(), contact_phone=f"199 0000 007{number}", by=seeder, **card)
    app = httpx.ASGITransport(whole_house())
    key = await make_access_key(person_id=cast.assistant.person_id, purpose="odk-collect")
    async with (
        httpx.AsyncClient(transport=app, base_url="http://test") as client,
        httpx.AsyncClient(transport=app, base_url=f"http://test/openrosa/key/{key}") as phone,
    ):
        yield Walk(cast, client, phone)


async def test_a_round_is_walked_without_signal_and_when_it_ends_nobody_can_tell_what_became_of_a_door(
    walk: Walk, capsys: pytest.CaptureFixture[str]
):
    cast = walk.cast
    round_id = await _planned(walk)
    took = await walk.fetched()
    assert [row["name"] for row in took["rounds.csv"]] == [str(round_id)]
    cards = [row["name"] for row in took["households.csv"] if row["village"] == VILLAGE]
    assert cards == [f"LLM-00{number}" for number in range(1, 6)]
    before = await _rows_that_name_a_door(cast)

    records = [  # written in the lanes, sent in the evening
        door(round_id, household=cards[0], letter="signed", serial="GX2026-000001"),
        door(round_id, household=cards[1], mark="declined", letter="declined", serial="GX2026-000002"),
        door(round_id, household=cards[2], mark="absent", age_band=""),
    ]
    for xml in (*records, records[0]):
        assert (await send(walk.phone, xml)).status_code == 201
    for who in (cast.assistant, cast.supervisor):
        assert await _counts(walk, who, round_id) == (5, 1, 1, 1)
    assert len(await _rows_that_name_a_door(cast) - before) == 3, "the marks, while the round runs"

    await walk.api(cast.supervisor, "POST", f"/antifraud/rounds/{round_id}/closure")

    assert await _rows_that_name_a_door(cast) == before
    assert await fetch("SELECT 1 FROM openrosa_submission WHERE key_sealed IS NOT NULL OR xml_sealed <> ''") == []
    await fetch("VACUUM antifraud_round_mark")
    [(left,)] = await fetch("SELECT pg_relation_size('antifraud_round_mark')")
    assert left == 0, "not in the table's file either"
    assert _found_on_disk(records) == set()
    said = "".join(capsys.readouterr())
    assert not any(card in said for card in cards)

    assert await _counts(walk, cast.supervisor, round_id) == (5, 1, 1, 1)
    (stock,) = (await walk.api(cast.supervisor, "GET", f"/antifraud/letters/stock?division_code={VILLAGE}"))["items"]
    assert {name: stock[f"{name}_n"] for name in ("given", "signed", "declined", "stock")} == {
        "given": 20, "signed": 1, "declined": 1, "stock": 18,
    }  # fmt: skip
    assert stock["ranges"] == ["GX2026-000003 – GX2026-000020"]


async def test_what_comes_when_the_round_is_over_is_told_so_and_the_next_list_has_no_round(walk: Walk):
    round_id = await _planned(walk)
    sent, late = door(round_id), door(round_id, household="LLM-002", letter="signed", serial="GX2026-000001")
    assert (await send(walk.phone, sent)).status_code == 201
    await walk.api(walk.cast.supervisor, "POST", f"/antifraud/rounds/{round_id}/closure")

    assert (await send(walk.phone, sent)).status_code == 201, "it was taken, and the phone may forget it"
    refused = await send(walk.phone, late)
    assert (refused.status_code, "请在网页上登记编号" in refused.text) == (409, True)
    assert await fetch("SELECT 1 FROM antifraud_round_mark") == []
    assert len(await fetch("SELECT 1 FROM openrosa_submission")) == 1
    assert list((await walk.fetched()).values()) == [[], [], [], []], "rounds, villages, cards, letters"
    told = {"move": "signed", "first": "GX2026-000001", "division_code": VILLAGE, "at": clock.now().isoformat()}
    await walk.api(walk.cast.assistant, "POST", "/antifraud/letters", told)


async def _planned(walk: Walk) -> UUID:
    """A round of a week, and twenty letters for the village."""
    today = clock.today()
    span = {"begins_on": str(today - 3 * DAY), "ends_on": str(today + 3 * DAY)}
    said = {"name": "秋季反诈大走访", "division_code": COUNTY, **span}
    round_id = (await walk.api(walk.cast.supervisor, "POST", "/antifraud/rounds", said))["id"]
    book = {"move": "given", "first": "GX2026-000001", "last": "0020", "division_code": VILLAGE}
    await walk.api(walk.cast.supervisor, "POST", "/antifraud/letters", book | {"at": clock.now().isoformat()})
    return UUID(round_id)


async def _counts(walk: Walk, who: Actor, round_id: UUID) -> tuple[int, ...]:
    """Households, visited, absent, declined of the village."""
    told = await walk.api(who, "GET", f"/antifraud/rounds/{round_id}")
    (village,) = [each for each in told["villages"] if each["division_code"] == VILLAGE]
    return tuple(village[f"{name}_n"] for name in ("households", "visited", "absent", "declined"))


async def _rows_that_name_a_door(cast: Cast) -> set[str]:
    """Every row of the whole database in which a card's number or a household's id stands, in words or in bytes."""
    tables = await fetch("SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'")
    rows = [f"{table} {row}" for (table,) in tables for (row,) in await fetch(f"SELECT t::text FROM {table} t")]
    cards = [f"LLM-00{number}" for number in range(1, 6)]
    households = [str(each) for each in (cast.household, cast.second_household, cast.third_household)]
    marks = [
        *cards,
        *(card.encode().hex() for card in cards),
        *households,
        *(each.replace("-", "") for each in households),
    ]
    return {row for row in rows if any(mark in row for mark in marks)}


def _found_on_disk(records: list[bytes]) -> set[bytes]:
    """What of the records lies readable in any file of ours: database, its write-ahead log, objects."""
    roots = [etree.fromstring(xml) for xml in records]
    words = {root.findtext("salt").encode() for root in roots} | {b"<household_code>LLM", b"<mark>declined"}
    found = set()
    for folder, _, names in os.walk(settings().lianxin_data, followlinks=True):
        for file in (Path(folder) / name for name in names):
            with suppress(OSError):  # the database takes files away while we look
                content = file.read_bytes() if file.is_file() else b""
                found |= {word for word in words if word in content}
    return found
