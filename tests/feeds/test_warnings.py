"""Public warnings for everybody's programs: an Atom feed of what holds, and each warning as it went out."""

import hashlib
from datetime import timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

import httpx
import pytest
from lxml import etree

from backend.alerts import cap_xml, deciding, following_on
from backend.alerts.schemas import AlertAudience, AlertCancellation, AlertChanges
from backend.alerts.words import AlertStatus
from backend.core import clock, ids
from backend.core.database import fetch_row
from backend.feeds import warnings
from backend.people.tables import Role
from tests.application import application

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/feeds/cap.atom"


@pytest.fixture
async def wire(cast, ways):
    app = application(warnings.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


def address_of(alert) -> str:
    return f"/feeds/cap/{alert.identifier}.xml"


async def entries(wire):
    return etree.fromstring((await wire.get(FEED)).content).findall(f"{ATOM}entry")


async def titles(wire):
    return [entry.findtext(f"{ATOM}title") for entry in await entries(wire)]


async def test_the_feed_is_valid_atom_and_leads_to_the_document_byte_for_byte(wire, published, schema, noon):
    told = await published()
    answer = await wire.get(FEED)
    feed = etree.fromstring(answer.content)
    (entry,) = feed.findall(f"{ATOM}entry")

    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "application/atom+xml")
    for parent in (feed, entry):
        UUID(parent.findtext(f"{ATOM}id").removeprefix("urn:uuid:"))
        assert parent.findtext(f"{ATOM}updated") == "2026-11-23T04:00:00+00:00"
        assert parent.findtext(f"{ATOM}title")
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "高唐县公安局"
    assert feed.find(f"{ATOM}link").attrib == {
        "href": f"http://test{FEED}",
        "rel": "self",
        "type": "application/atom+xml",
    }
    link = entry.find(f"{ATOM}link")
    assert (link.get("type"), link.get("href")) == ("application/cap+xml", f"http://test{address_of(told)}")

    document = await wire.get(link.get("href"))
    row = await fetch_row("SELECT xml FROM alerts_alert WHERE id = $1", told.id)
    assert document.headers["content-type"].split(";")[0] == "application/cap+xml"
    assert document.content == row["xml"]
    assert hashlib.sha256(document.content).hexdigest() == told.sha256
    assert schema.validate(etree.fromstring(document.content)), schema.error_log
    assert cap_xml.read(document.content).headline == entry.findtext(f"{ATOM}title")


async def test_nothing_but_what_was_published_for_everybody_is_in_it(wire, draft, published, noon):
    await draft()
    circle = await published(restriction="村警务助理", audience=AlertAudience(roles=[Role.ASSISTANT]))

    assert await titles(wire) == []
    hidden = await wire.get(address_of(circle))
    assert (hidden.status_code, hidden.json()["code"]) == (404, "alerts/alert-unknown")


@pytest.mark.parametrize(
    ("status", "mark"),
    [(AlertStatus.EXERCISE, "【演练】"), (AlertStatus.TEST, "【测试】"), (AlertStatus.SYSTEM, "【系统】")],
)
async def test_what_is_not_meant_says_so_in_its_title(wire, published, noon, status, mark):
    told = await published(status=status)

    assert await titles(wire) == [mark + "有人冒充补贴办打电话要验证码"]
    assert f"<status>{status}</status>" in (await wire.get(address_of(told))).text


async def test_what_is_over_leaves_the_feed_and_its_document_stays(wire, published, noon):
    told = await published(expires=clock.now() + timedelta(hours=2))
    with clock.stopped(told.expires - timedelta(seconds=1)):
        assert len(await entries(wire)) == 1
    with clock.stopped(told.expires):
        gone = await wire.get(FEED)
        assert etree.fromstring(gone.content).findall(f"{ATOM}entry") == []
        assert parsedate_to_datetime(gone.headers["last-modified"]) == told.expires
        assert (await wire.get(address_of(told))).status_code == 200


async def test_an_update_takes_the_place_of_the_first_and_a_cancellation_that_of_both(cast, wire, published, noon):
    first = await published()

    async def follow(verb, **given):
        made = await verb(id=ids.uuid7(), by=cast.operator, **given)
        return await deciding.approve_alert(alert_id=made.record.id, by=cast.supervisor)

    second = await follow(following_on.update_alert, alert_id=first.id, changes=AlertChanges(headline="改了手法"))
    assert await titles(wire) == ["改了手法"]
    await follow(
        following_on.cancel_alert, alert_id=second.id, cancellation=AlertCancellation(description="骗子已经抓到了。")
    )
    (entry,) = await entries(wire)
    terms = {each.get("term") for each in entry.findall(f"{ATOM}category")}
    assert (entry.findtext(f"{ATOM}title"), terms) == ("解除：改了手法", {"Actual", "Cancel", "Security"})
    assert [(await wire.get(address_of(each))).status_code for each in (first, second)] == [200, 200]


async def test_who_has_it_already_is_told_so_by_tag_and_by_date_and_a_tag_counts_first(wire, published, noon):
    told = await published()
    for path in (FEED, address_of(told)):
        answer = await wire.get(path)
        tag, date = answer.headers["etag"], answer.headers["last-modified"]
        for known in ({"If-None-Match": tag}, {"If-None-Match": f'W/"x", {tag}'}, {"If-Modified-Since": date}):
            again = await wire.get(path, headers=known)
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        for old in (
            {"If-None-Match": '"x"', "If-Modified-Since": date},
            {"If-Modified-Since": "Sun, 22 Nov 2026 00:00:00 GMT"},
            {"If-Modified-Since": "yesterday"},
        ):
            assert (await wire.get(path, headers=old)).status_code == 200


async def test_the_tag_changes_when_a_warning_comes(wire, published, noon):
    before = (await wire.get(FEED)).headers["etag"]
    assert (await wire.get(FEED)).headers["etag"] == before
    await published()
    assert (await wire.get(FEED, headers={"If-None-Match": before})).status_code == 200


async def test_a_county_without_warnings_has_an_empty_feed(wire, noon):
    answer = await wire.get(FEED)
    assert (answer.status_code, "last-modified" in answer.headers) == (200, False)
    assert etree.fromstring(answer.content).findtext(f"{ATOM}updated")


@pytest.mark.parametrize(
    "file",
    ["37152631200000_20261123120000_9.xml", "37152631200000_20261123120000_0", "x.xml", "%00.xml", "9" * 60, ".xml"],
)
async def test_an_unknown_document_is_not_found(wire, noon, file):
    answer = await wire.get(f"/feeds/cap/{file}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_a_name_far_too_long_is_refused(wire):
    assert (await wire.get(f"/feeds/cap/{'9' * 300}.xml")).status_code == 400
