"""What bench_live.md tells whoever programs a bench PC is so: its example, its program, its codes, its spool rules."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.core import cipher, clock
from backend.core.database import fetch
from backend.laboratory import instrument_refusals, live_keys, live_posts, live_routes, records
from backend.laboratory.import_schemas import ImportRow
from backend.laboratory.unread_reasons import SENTENCES
from backend.laboratory.words import RowOutcome
from tests.laboratory.bench import Bench, client_of

TOLD = (Path(__file__).parents[2] / "mobile_api_spec" / "guide" / "bench_live.md").read_text(encoding="utf-8")
AT = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


def block(language: str) -> str:
    """What stands in the one fenced block of a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)\n```", TOLD, re.DOTALL)
    return str(found)


KEY, BODY = bytes.fromhex(block("key")), block("json")


def test_the_worked_example_is_signed_as_it_is_told() -> None:
    document = records.payload(BODY)

    assert records.signed_text(document) == block("text")
    assert records.signature(document, key=KEY) == document["sign"]
    assert records.refused_signature(document, key=KEY, now=AT) is None
    assert block("key") in block("sh")


def test_its_program_makes_a_post_that_is_taken() -> None:
    told: dict[str, Any] = {}
    exec(block("python"), told)  # noqa: S102 - the document's own program
    items = [{"manufacturer_record_id": "R78", "sample_name": '样 "1" / \\', "test_value": "12.50"}]
    post = told["signed"](items, "SN-9", KEY.hex(), now=AT.timestamp)

    for text in (json.dumps(post), json.dumps(post, ensure_ascii=False, indent=2)):
        assert records.refused_signature(records.payload(text), key=KEY, now=AT) is None


def test_every_reason_and_code_that_it_names_exists_and_none_is_forgotten() -> None:
    codes = set(re.findall(r"`(laboratory/[a-z-]+)`", TOLD))
    ours = (instrument_refusals.PostRefused, instrument_refusals.PostRepeated, instrument_refusals.PostUnreadable)
    assert codes == {each.code for each in ours}
    for reason in ("clock_off", "nonce_missing", "unsigned", "signature_wrong"):
        assert f"`{reason}`" in TOLD
        assert reason in SENTENCES
    assert {each.value for each in RowOutcome} <= set(re.findall(r"`(\w+)`", TOLD))
    assert {"outcome", "verdict", "reason"} <= set(ImportRow.__struct_fields__)


def test_the_spans_and_sizes_that_it_names_are_ours() -> None:
    assert timedelta(minutes=5) == live_posts.WITHIN
    assert records.MAX_JSON_BYTES == 4 << 20
    assert "within five minutes of our clock" in TOLD
    assert "at most 4 MB" in TOLD


@pytest.fixture
async def wire(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """An instrument whose key is the example's, and the door to it."""
    instrument = await bench.instrument("SN-9")
    await live_keys.make_key(instrument_id=instrument, by=bench.technician, base_url="")
    monkeypatch.setattr(cipher, "open_key", lambda sealed, purpose: KEY)
    async with client_of(live_routes.router) as client:
        yield client


async def send(wire: httpx.AsyncClient, body: str, **later: int) -> httpx.Response:
    """What is answered so long after the example was signed."""
    with clock.stopped(AT + timedelta(**later)):
        return await wire.post("/laboratory/live/SN-9", content=body.encode())


def anew(**changed: Any) -> str:
    """The example's items under a new nonce, signed an hour later."""
    document = records.payload(BODY)
    items = [document["items"][0] | changed]
    later = int((AT + timedelta(hours=1)).timestamp())
    post = {"device_sn": "SN-9", "timestamp": str(later), "nonce": "another", "items": items}
    return json.dumps(post | {"sign": records.signature(post, key=KEY)}, ensure_ascii=False)


async def test_the_example_is_stored_with_the_bags_code_and_judged(wire: httpx.AsyncClient) -> None:
    answer = await send(wire, BODY)

    assert answer.status_code == 201, answer.text
    (row,) = answer.json()["rows"]
    assert (row["outcome"], row["sample"], row["value"], row["verdict"]) == ("stored", "NY-001", 12.5, "negative")
    assert row["instrument_verdict"] == "合格"


async def test_the_very_same_bytes_again_are_told_to_be_stored(wire: httpx.AsyncClient) -> None:
    await send(wire, BODY)
    again = await send(wire, BODY, minutes=4)

    assert (again.status_code, again.json()["code"]) == (409, "laboratory/post-repeated")


async def test_the_same_items_under_a_new_nonce_are_duplicates(wire: httpx.AsyncClient) -> None:
    await send(wire, BODY)
    again = await send(wire, anew(), hours=1)

    assert again.status_code == 201, again.text
    assert [each["outcome"] for each in again.json()["rows"]] == ["duplicate"]
    assert len(await fetch("SELECT 1 FROM laboratory_result")) == 1


async def test_the_same_record_with_another_value_is_refused_for_good(wire: httpx.AsyncClient) -> None:
    await send(wire, BODY)
    again = await send(wire, anew(test_value="63.2"), hours=1)

    assert [each["outcome"] for each in again.json()["rows"]] == ["refused"]


async def test_a_post_that_waited_too_long_is_told_our_time(wire: httpx.AsyncClient) -> None:
    late = await send(wire, BODY, minutes=6)

    assert (late.status_code, late.json()["code"], late.json()["reason"]) == (
        401,
        "laboratory/post-refused",
        "clock_off",
    )
    assert datetime.fromisoformat(late.json()["server_time"]) == AT + timedelta(minutes=6)
