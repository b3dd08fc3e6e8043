"""Notices read without a signal."""

from uuid import uuid4

import pytest

from backend.push import actions as push
from backend.push import inbox
from backend.push.provider import Category
from tests.sync.offline import offline, refused, twice


@pytest.fixture
async def notice(cast):
    text = push.Text(zh="林大山家要修水渠", en="The ditch of household 7")
    return await push.notify(
        to=cast.cadre.person_id, text=text, category=Category.SERVICE, dedupe_key=str(uuid4()), acknowledge_within=None
    )


async def shown(by):
    (found,) = (await inbox.list_notices(by=by, limit=5, cursor=None)).items
    return found


async def test_a_notice_is_taken_on_once(cast, notice):
    await twice(cast.cadre, "acknowledgeNotice", notice_id=notice)

    assert (await shown(cast.cadre)).acknowledged_at is not None


async def test_what_a_phone_showed_counts_as_seen(cast, notice):
    first, _ = await twice(cast.cadre, "markNoticesSeen", notice_ids=[notice])

    assert first.record_id is None
    assert (await shown(cast.cadre)).seen_at is not None


async def test_anothers_notice_is_unknown_and_stays_unseen(cast, notice):
    assert await refused(cast.stranger, "acknowledgeNotice", notice_id=notice) == "push/notice-unknown"
    assert (await offline(cast.stranger, "markNoticesSeen", notice_ids=[notice])).outcome == "stored"
    assert (await shown(cast.cadre)).seen_at is None
