"""The farmer's door without scripts: the form behind a station's QR, the receipt that answers it, and why not."""

import hashlib
import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from msgspec.structs import replace

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.cases import receipts
from backend.console import farmer_door_consent, farmer_door_form, farmer_door_words, form_photos, forms
from backend.console.receipt import COOKIE
from backend.console.routes import STATIC, router
from backend.core import words
from backend.core.database import fetch, fetch_row
from backend.core.ids import uuid7
from backend.core.logs import RequestContext
from backend.core.settings import settings
from backend.diagnosis.words import GrowthStage, Organ, Topic
from backend.people import actions, station_codes
from backend.people.allowances import Allowance
from backend.people.policies import STATION_POLICIES
from backend.people.tables import UnitKind
from tests.application import application
from tests.cast import COUNTY, VILLAGE, Cast
from tests.console.test_receipt import PNG
from tests.console.test_today import SAME_SITE

STATION, STUDIO, PHONE = "琉璃庙村农技服务点", "高唐县农技工作室", "0635-0000001"
SAID = {"crop": "maize", "organ": "leaf", "topic": "disease", "symptoms": "叶子上有斑", "area": "3", "agree": "yes"}
SHOWN = ("photo", ("1.png", PNG, "image/png"))


class Farmer:
    """His browser, which runs no scripts, in front of the poster of a station."""

    def __init__(self, client: httpx.AsyncClient, code: str, code_id: UUID) -> None:
        self._client, self.code, self.code_id = client, code, code_id

    async def look(self, code: str = "", **headers: str) -> httpx.Response:
        return await self._client.get(f"/q/{code or self.code}", headers=headers)

    async def send(
        self, files: Any = None, headers: dict[str, str] | None = None, address: str = "", **fields: str
    ) -> httpx.Response:
        """The form as it is filled in; a field that is empty is left out."""
        given = {"id": str(uuid7())} | SAID | fields
        return await self._client.post(
            f"/q/{self.code}{address}",
            data={name: value for name, value in given.items() if value},
            files=files,
            headers=headers if headers is not None else SAME_SITE,
        )

    async def follow(self, number: str) -> httpx.Response:
        return await self._client.get(f"/r/{number}")

    @property
    def cookies(self) -> httpx.Cookies:
        return self._client.cookies


@pytest.fixture
async def farmer(cast: Cast) -> AsyncIterator[Farmer]:
    studio = await actions.open_unit(
        id=uuid7(), name=STUDIO, kind=UnitKind.STUDIO, division_code=COUNTY, public_phone=PHONE
    )
    station = await actions.open_unit(
        id=uuid7(), name=STATION, kind=UnitKind.STATION, division_code=VILLAGE, parent_id=studio.id
    )
    made = await station_codes.new_station_code(unit_id=station.id, by=cast.admin)
    app = RequestContext(application(router))  # which knows the reader's language
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield Farmer(client, made.record.code or "", made.record.id)


def receipt_of(page: httpx.Response) -> tuple[str, str]:
    """Number and secret as they stand on a receipt."""
    assert page.status_code == 200, page.text
    number, secret = re.findall(r'class="number" data-fill="\w+">([0-9 ]+)<', page.text)
    return number.replace(" ", ""), secret.replace(" ", "")


async def requests() -> list[Any]:
    return list(await fetch("SELECT * FROM diagnosis_request"))


# -- the form


async def test_the_page_knows_place_studio_and_telephone_however_the_code_is_written(farmer: Farmer) -> None:
    for code in (farmer.code, farmer.code.lower(), farmer.code.replace("-", "")):
        page = await farmer.look(code)
        assert page.status_code == 200, page.text
        missing = [word for word in (STATION, STUDIO, "琉璃庙村", 'href="tel:06350000001"') if word not in page.text]
        assert missing == []
    assert await fetch("SELECT 1 FROM people_allowance") == [], "looking counts against nobody: WeChat looks at links"


async def test_it_allows_only_what_lies_on_this_server_and_is_kept_by_nobody(farmer: Farmer) -> None:
    headers = (await farmer.look()).headers
    assert "script-src 'self';" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


async def test_learning_is_not_ticked_beforehand_and_neither_is_anything_else(farmer: Farmer) -> None:
    page = (await farmer.look()).text
    assert 'name="learning"' in page
    assert " checked" not in page


def test_every_tap_has_its_chinese_and_its_code() -> None:
    chinese = words.translations("zh")
    tables = (farmer_door_words.ORGANS, farmer_door_words.TOPICS, farmer_door_words.STAGES)
    said = [name for table in tables for name in table.values()]
    said += [*farmer_door_consent.HANDLING.values(), *farmer_door_consent.LEARNING.values()]
    said += farmer_door_form.WRONG.values()
    assert [name for name in said if chinese.gettext(name) == name] == []
    assert (set(farmer_door_words.ORGANS), set(farmer_door_words.TOPICS)) == (set(Organ), set(Topic))
    assert set(farmer_door_words.STAGES) == set(GrowthStage) - {GrowthStage.UNSURE}


# -- the receipt


async def test_one_photo_and_the_receipt_is_the_answer_and_opens_at_once(farmer: Farmer) -> None:
    page = await farmer.send([SHOWN], phone="138 0000 0001", contact_name="林大山", call="yes", place_note="村东")
    number, secret = receipt_of(page)
    case = await receipts.track(number=number, secret=secret, address="203.0.113.7")
    assert (case.title, case.description) == ("玉米：叶子上有斑", "叶子上有斑")
    (row,) = await requests()
    assert (row["crop"], row["organ"], row["topic"], row["area_mu"], row["wants_call"], row["photos_expected"]) == (
        *("maize", "leaf", "disease", 3, True, 1),
    )
    (photo,) = await fetch("SELECT claimed_id, door FROM media_photo")
    assert (photo["claimed_id"], photo["door"]) == (row["id"], "station")
    assert "data:image/svg+xml" in page.text, "the receipt's QR code"
    assert "叶子上有斑" in (await farmer.follow(number)).text, "without the secret, for half an hour"
    assert farmer.cookies.get(COOKIE, path=f"/r/{number}")


async def test_a_second_tap_is_the_same_receipt(farmer: Farmer) -> None:
    id = str(uuid7())
    pages = [await farmer.send([SHOWN], id=id) for _ in range(2)]
    assert len({receipt_of(page) for page in pages}) == 1
    assert len(await requests()) == len(await fetch("SELECT 1 FROM media_photo")) == 1


async def test_other_words_under_the_same_id_are_asked_about_and_then_sent_as_another(farmer: Farmer) -> None:
    id = str(uuid7())
    await farmer.send(id=id)
    page = await farmer.send(id=id, symptoms="果子也烂了")
    assert (page.status_code, "果子也烂了" in page.text) == (409, True)
    fresh = re.search(r'name="id" value="([^"]+)"', page.text)
    assert fresh
    assert fresh[1] != id
    receipt_of(await farmer.send(id=fresh[1], symptoms="果子也烂了"))
    assert len(await requests()) == 2


async def test_a_voice_note_alone_says_it_too(farmer: Farmer) -> None:
    voice = b"#!AMR\n" + (b"\x3c" + b"\x11" * 31) * 50
    receipt_of(await farmer.send([("voice", ("1.amr", voice, "audio/amr"))], symptoms=""))
    (row,) = await requests()
    (note,) = await fetch("SELECT claimed_id FROM media_photo")
    assert note["claimed_id"] == row["id"]


async def test_a_crop_from_the_list_counts_beside_the_pictures(farmer: Farmer) -> None:
    for tapped in ("other", ""):
        receipt_of(await farmer.send(crop=tapped, crop_other="garlic"))
    receipt_of(await farmer.send(crop="other"))
    assert sorted(row["crop"] for row in await requests()) == ["garlic", "garlic", "other"]


async def test_the_script_gets_the_same_receipt_as_json_with_a_ticket_for_the_photos(farmer: Farmer) -> None:
    id, headers = str(uuid7()), SAME_SITE | {"Accept": "application/json"}
    first, again = [await farmer.send(headers=headers, id=id, photos_expected="2") for _ in range(2)]
    assert first.status_code == 200, first.text
    told = first.json()
    assert again.json() | {"ticket": ""} == told | {"ticket": ""}
    assert receipts.case_of_ticket(told["ticket"]) == UUID(id)
    assert told["qr"].startswith("data:image/svg+xml")
    assert told["address"] == f"http://test/r/{told['number']}"
    refused = await farmer.send(headers=headers, agree="")
    assert (refused.status_code, refused.json()["code"]) == (400, "console/not-agreed")


# -- consent


@pytest.mark.parametrize(("ticked", "learning"), [("", False), ("yes", True)])
async def test_what_was_agreed_to_is_kept_with_the_hash_of_the_text_that_was_shown(
    farmer: Farmer, ticked: str, learning: bool
) -> None:
    page = (await farmer.look()).text
    texts = [html.unescape(text) for text in re.findall(r'<p class="fine">([^<]+)<', page)]
    version = re.search(r'name="consent" value="([^"]+)"', page)
    assert version
    receipt_of(await farmer.send(consent=version[1], learning=ticked))
    rows = {row["purpose"]: row for row in await fetch("SELECT * FROM diagnosis_consent")}
    hashes = [hashlib.sha256(text.encode()).digest() for text in texts]
    assert [rows[purpose]["text_sha256"] for purpose in ("handling", "learning")] == hashes
    assert (rows["handling"]["given"], rows["learning"]["given"]) == (True, learning)
    assert (await requests())[0]["learning"] is learning
    assert [word for word in (STATION, STUDIO, "两年", "撤回") if word not in texts[0]] == [], "who, how long, how back"


async def test_the_language_of_the_text_is_the_one_that_was_shown(farmer: Farmer) -> None:
    page = (await farmer.look(**{"Accept-Language": "en"})).text
    shown = re.search(r'<p class="fine">([^<]+)<', page)
    assert shown
    await farmer.send(consent="2026-11-en", headers=SAME_SITE)
    row = await fetch_row("SELECT text_sha256 FROM diagnosis_consent WHERE purpose = 'handling'")
    assert row
    assert row["text_sha256"] == hashlib.sha256(html.unescape(shown[1]).encode()).digest()


# -- no


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"crop": ""}, "点一下是什么庄稼"),
        ({"crop": "mandrake"}, "庄稼"),
        ({"agree": ""}, "同意让专家看"),
        ({"call": "yes"}, "写上号码"),
        ({"phone": "打给我"}, "5 到 20 位数字"),
        ({"area": "一大片"}, "写数字"),
        ({"area": "nan"}, "写数字"),
        ({"area": "-3"}, "写数字"),
        ({"treatments": "药" * 1001}, "写短一些"),
        ({"symptoms": "字" * 2001}, "2000"),
        ({"onset_on": "昨天"}, "填的内容有读"),
        ({"organ": "<b>"}, "填的内容有读"),
        ({"id": "x"}, "刷新"),
    ],
)
async def test_what_cannot_be_sent_is_told_with_all_that_was_typed(
    farmer: Farmer, fields: dict[str, str], said: str
) -> None:
    page = await farmer.send(**{"place_note": '村东"><script>alert(1)</script>'} | fields)
    assert page.status_code == 400, page.text
    assert 'role="alert"' in page.text
    assert said in page.text
    assert "村东&#34;&gt;&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
    assert await requests() == []


@pytest.mark.parametrize("area", ["3亩", "３", " 3.0 "])
async def test_land_is_read_as_people_write_it(farmer: Farmer, area: str) -> None:
    receipt_of(await farmer.send(area=area))
    assert (await requests())[0]["area_mu"] == 3


async def test_a_code_that_does_not_count_is_a_page_that_says_what_to_do(farmer: Farmer, cast: Cast) -> None:
    await station_codes.revoke_station_code(code_id=farmer.code_id, by=cast.admin)
    for page in (await farmer.look(), await farmer.send(), await farmer.look("nonsense")):
        assert page.status_code == 401
        assert "这个站点码不能用了" in page.text
        assert "到村委会或服务站" in page.text
    told = await farmer.send(headers=SAME_SITE | {"Accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (401, "people/station-code-void")


async def test_too_many_at_once_are_asked_to_wait_and_given_the_telephone(
    farmer: Farmer, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Allowance(2, timedelta(minutes=30))
    tight = replace(STATION_POLICIES[0], openings_per_address=few)
    monkeypatch.setattr(station_codes, "station_policy", lambda _: tight)
    for _ in range(2):
        receipt_of(await farmer.send())
    page = await farmer.send()
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 0
    assert PHONE in page.text
    assert len(await requests()) == 2


async def test_who_tries_one_wrong_code_after_the_other_is_told_to_wait(
    farmer: Farmer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tight = replace(STATION_POLICIES[0], wrong_codes_per_address=Allowance(2, timedelta(minutes=30)))
    monkeypatch.setattr(station_codes, "station_policy", lambda _: tight)
    statuses = [(await farmer.look("0000-0000-0000-0000")).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    assert (await farmer.look()).status_code == 200, "the right one still opens"


async def test_a_photo_over_the_limit_is_refused_in_words(farmer: Farmer, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(settings(), station_upload_max_bytes=1_000_000)
    monkeypatch.setattr(form_photos, "settings", lambda: small)
    page = await farmer.send([("photo", ("1.png", PNG + bytes(1_000_001), "image/png"))])
    assert (page.status_code, "1 MB" in page.text, "照片要重新选一次" in page.text) == (413, True, True)
    assert await requests() == []


async def test_a_body_over_every_limit_is_a_page_with_the_telephone(
    farmer: Farmer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "MOST_PHOTOS", 0)
    page = await farmer.send([SHOWN])
    assert (page.status_code, PHONE in page.text) == (413, True)


MODULES = ("door", "door-drafts", "door-send", "door-shrink", "door-voice", "uuid7")
NEWER = r"\?\.[a-z(\[]|\?\?|catch \{|replaceChildren|replaceAll|\.\.\.\w+ \}|\bflat(?:Map)?\(|randomUUID|allSettled"
"""What came after Chrome 61, the first one that knows modules: an older one keeps the form as it is."""


@pytest.mark.parametrize("module", MODULES)
def test_its_scripts_say_nothing_that_an_old_wechat_does_not_understand(module: str) -> None:
    script = (STATIC / f"{module}.js").read_text(encoding="utf-8")
    code = re.sub(r"//.*|/\*.*?\*/|`[^`]*`|\"[^\"\n]*\"", "", script)
    assert re.findall(NEWER, code) == []


async def test_another_sites_page_sends_nothing_and_an_old_browser_is_let_in(farmer: Farmer) -> None:
    assert (await farmer.send(headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert await requests() == []
    receipt_of(await farmer.send(headers={}))


async def test_larger_letters_stay_through_the_form_and_the_receipt(farmer: Farmer) -> None:
    page = await farmer.send(address="?big=1")
    receipt_of(page)
    assert '<html lang="zh-CN" class="large">' in page.text
