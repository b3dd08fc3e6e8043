"""Kits on the wire. Asked of every route: nobody, wrong shape, stranger, right person, twice."""

import io
import json
import stat
import zipfile

import pytest

from backend.kits.building import LONG_AGO
from tests.kits.conftest import zip_of
from tests.kits.small_kit import CARD, KIT_TOML, write

ROUTES = [
    ("GET", "/kits"),
    ("GET", "/kits/orchard/bundle"),
    ("POST", "/kits"),
    ("PUT", "/forms/orchard/versions/2026112201/state"),
    ("POST", "/kits/orchard/versions/2026112201/withdrawal"),
]
NEXT = KIT_TOML.replace('version = "2026112201"', 'version = "2026112202"')


@pytest.fixture
def ask(wire, as_):
    async def asked(who, method, path, *, headers=None, **more):
        signed = await as_(who) if who else {}
        return await wire.request(method, path, headers={**signed, **(headers or {})}, **more)

    return asked


@pytest.fixture
def send(ask):
    async def sent(who, content, path="/kits"):
        return await ask(who, "POST", path, files={"kit": ("kit.zip", content, "application/zip")})

    return sent


@pytest.fixture
def listed(ask):
    """The orchard's kit as somebody is listed it; other tests may have published ours."""

    async def listed(who):
        return [kit for kit in (await ask(who, "GET", "/kits")).json() if kit["kit_id"] == "orchard"]

    return listed


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_nobody_is_asked_to_sign_in(ask, method, path):
    assert (await ask(None, method, path)).status_code == 401


@pytest.mark.parametrize(("method", "path"), ROUTES[2:])
async def test_only_an_administrator_changes_what_phones_carry(ask, orchard, method, path):
    for who in (orchard.cadre, orchard.supervisor):
        answer = await ask(who, method, path, json={"state": "closed"})
        assert (answer.status_code, answer.json()["code"]) == (403, "core/forbidden")


async def test_a_wrong_shape_is_refused(ask, send, orchard):
    admin = orchard.admin
    assert (await ask(admin, "POST", "/kits", json={})).status_code == 415
    assert (await ask(admin, "POST", "/kits", files={"other": ("kit.zip", b"PK")})).status_code == 400
    assert (await ask(admin, "PUT", ROUTES[3][1], json={"state": "ajar"})).status_code == 400
    assert (await ask(orchard.cadre, "GET", "/kits/orchard/bundle?since=" + "9" * 21)).status_code == 400
    for content in (b"", b"PK", b"no zip", b"PK\x05\x06" + bytes(18)[:10]):
        answer = await send(admin, content)
        assert (answer.status_code, answer.json()["code"]) == (400, "kits/zip-broken"), content


async def test_a_kit_is_published_once(send, orchard, tmp_path):
    content = zip_of(write(tmp_path))

    answers = [await send(orchard.admin, content) for _ in range(2)]

    assert [(each.status_code, each.json()["outcome"]) for each in answers] == [(201, "stored"), (200, "duplicate")]
    [form] = answers[0].json()["forms"]
    assert (form["form_id"], form["version"]) == ("orchard", "2026112201")


async def test_the_zip_may_hold_the_folder_itself(send, orchard, tmp_path):
    assert (await send(orchard.admin, zip_of(write(tmp_path), below="orchard/"))).status_code == 201


async def test_a_dry_run_stores_nothing_and_tells_what_would_be_refused(listed, send, orchard, tmp_path):
    dry = "/kits?dry_run=true"
    content = zip_of(write(tmp_path))

    for _ in range(2):
        answer = await send(orchard.admin, content, dry)
        assert (answer.status_code, answer.json()["outcome"]) == (200, "checked")
    assert await listed(orchard.cadre) == []

    await send(orchard.admin, content)
    changed = zip_of(write(tmp_path, **{"cards/ring_rot.md": CARD + "新"}))
    assert (await send(orchard.admin, changed, dry)).json()["code"] == "kits/version-taken"


async def test_every_mistake_is_a_line_of_the_refusal_in_chinese(send, orchard, tmp_path):
    toml = KIT_TOML.replace('"seen/at"', '"seen/now"').replace('"scene"', '"sunset"')

    answer = await send(orchard.admin, zip_of(write(tmp_path, **{"kit.toml": toml})))

    assert (answer.status_code, answer.json()["code"]) == (400, "kits/wrong")
    assert [(error["pointer"], error["detail"].split("。")[0]) for error in answer.json()["errors"]] == [
        ("orchard/kit.toml:15", "表里没有答案 seen/now"),
        ("orchard/kit.toml:18", "sunset 不在其中：after、before、scene"),
    ]


def hostile(name, content=b"x", **more):
    """A kit's ZIP with one entry more."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as sent:
        sent.writestr("kit.toml", KIT_TOML)
        entry = zipfile.ZipInfo(name, LONG_AGO)
        entry.compress_type = zipfile.ZIP_DEFLATED
        for attribute, value in more.items():
            setattr(entry, attribute, value)
        sent.writestr(entry, content)
    return written.getvalue()


def lying():
    """A card that says it has one byte and unpacks to ten million."""
    honest = hostile("cards/bomb.md", bytes(10_000_000))
    size = (10_000_000).to_bytes(4, "little")
    return honest.replace(size, (1).to_bytes(4, "little"))


@pytest.mark.parametrize(
    "content",
    [
        hostile("../outside.md"),
        hostile("/etc/cron.d/kit"),
        hostile("cards\\..\\..\\outside.md"),
        hostile("C:/outside.md"),
        hostile("cards/secret.md", b"/etc/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16),
        hostile("cards/odd.md", compress_type=zipfile.ZIP_LZMA),
        lying(),
    ],
    ids=["above", "absolute", "backslash", "drive", "link", "unusual packing", "lie"],
)
async def test_a_zip_that_nobody_should_open_is_refused(send, orchard, content):
    answer = await send(orchard.admin, content)

    assert (answer.status_code, answer.json()["code"]) == (400, "kits/zip-broken")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (hostile("cards/bomb.md", bytes(9_000_000)), "有 8790 KB，最多收 16 KB。"),
        (hostile("cards/run.exe"), "工具包里不放这种文件"),
        (hostile("media/huge.png", bytes(90_000_000)), "有 87891 KB，最多收 8192 KB。"),
    ],
    ids=["one file", "no such kind", "altogether"],
)
async def test_what_would_unpack_to_too_much_is_told_and_not_unpacked(send, orchard, content, says):
    answer = await send(orchard.admin, content)

    assert (answer.status_code, answer.json()["code"]) == (400, "kits/wrong")
    assert any(error["detail"].startswith(says) for error in answer.json()["errors"])


async def test_a_body_over_the_limit_is_refused(send, orchard):
    assert (await send(orchard.admin, bytes(10_100_000))).status_code == 413


async def test_everybody_is_listed_the_kits_that_he_carries(ask, listed, send, orchard, tmp_path):
    await send(orchard.admin, zip_of(write(tmp_path)))

    [kit] = await listed(orchard.cadre)

    assert (kit["kit_id"], kit["title"], kit["divisions"]) == (
        "orchard", {"zh": "果园", "en": "Orchards"}, ["3715"],
    )  # fmt: skip
    assert kit["forms"] == [{"form_id": "orchard", "version": "2026112201", "title": "果园", "state": "open"}]
    assert {file["path"] for file in kit["files"]} == {
        "cards/ring_rot.md", "checklists/before.toml", "forms/orchard.xml", "kit.toml", "letters/notice.typ",
        "media/apple.png",
    }  # fmt: skip
    for who in (orchard.assistant, orchard.stranger):
        assert await listed(who) == []
    assert (await ask(orchard.cadre, "GET", "/kits?every_version=true")).status_code == 403
    assert [each["version"] for each in (await ask(orchard.admin, "GET", "/kits?every_version=true")).json()
            if each["kit_id"] == "orchard"] == ["2026112201"]  # fmt: skip


def opened(answer):
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        return json.loads(bundle.read("manifest.json")), {name: bundle.read(name) for name in bundle.namelist()[1:]}


async def test_a_bundle_is_fetched_once_and_then_only_what_changed(ask, send, orchard, tmp_path):
    path = "/kits/orchard/bundle"
    await send(orchard.admin, zip_of(write(tmp_path)))
    whole = await ask(orchard.cadre, "GET", path)
    assert whole.headers["content-type"].startswith("application/zip")
    assert b"<h:html" in opened(whole)[1]["forms/orchard.xml"]
    again = await ask(orchard.cadre, "GET", path, headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await ask(orchard.cadre, "GET", path)).content == whole.content

    changed = {"kit.toml": NEXT, "cards/ring_rot.md": CARD + "新", "letters/notice.typ": None}
    await send(orchard.admin, zip_of(write(tmp_path, **changed)))
    late = await ask(orchard.cadre, "GET", f"{path}?since=2026112201", headers={"If-None-Match": whole.headers["etag"]})

    manifest, held = opened(late)
    assert (manifest["version"], manifest["since"], manifest["gone"]) == (
        "2026112202", "2026112201", ["letters/notice.typ"],
    )  # fmt: skip
    assert set(held) == {"kit.toml", "cards/ring_rot.md"}
    assert "forms/orchard.xml" in {file["path"] for file in manifest["files"]}
    unknown, all_of_it = opened(await ask(orchard.cadre, "GET", f"{path}?since=2020010101"))
    assert (unknown["since"], len(all_of_it)) == (None, 5)


async def test_a_stranger_finds_no_bundle(ask, send, orchard, tmp_path):
    await send(orchard.admin, zip_of(write(tmp_path)))

    for who, kit in ((orchard.stranger, "orchard"), (orchard.assistant, "orchard"), (orchard.cadre, "nothing")):
        answer = await ask(who, "GET", f"/kits/{kit}/bundle")
        assert (answer.status_code, answer.json()["code"]) == (404, "kits/unknown")


async def test_a_form_is_closed_and_a_kit_withdrawn_however_often_it_is_said(ask, listed, send, orchard, tmp_path):
    await send(orchard.admin, zip_of(write(tmp_path)))

    for _ in range(2):
        answer = await ask(orchard.admin, "PUT", ROUTES[3][1], json={"state": "closing"})
        assert (answer.status_code, answer.json()["state"]) == (200, "closing")
    [kit] = await listed(orchard.cadre)
    assert kit["forms"][0]["state"] == "closing"
    for _ in range(2):
        answer = await ask(orchard.admin, "POST", ROUTES[4][1])
        assert (answer.status_code, answer.json()["withdrawn"]) == (200, True)
    assert await listed(orchard.cadre) == []
    unknown = [("PUT", "/forms/orchard/versions/2020010101/state"), ("POST", "/kits/orchard/versions/1/withdrawal")]
    for method, path in unknown:
        answer = await ask(orchard.admin, method, path, json={"state": "open"})
        assert (answer.status_code, answer.json()["code"]) == (404, "kits/unknown")
