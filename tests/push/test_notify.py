"""One line in another room's transaction: what goes out, what waits, what is refused."""

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.core import clock
from backend.core.database import fetch, fetch_row, transaction
from backend.push import actions as push
from backend.push.provider import AddressKind, Category, Sent
from backend.push.refusals import LinkRefused, PayloadTooLarge
from tests.push.conftest import later

HELLO = push.Text(zh="林大山家要修水渠", en="The ditch of household 7")


async def tell(who, **more):
    given = {"to": who.person_id, "text": HELLO, "category": Category.SERVICE, "dedupe_key": str(uuid4())}
    return await push.notify(**given | more)


async def test_a_phone_hears_that_there_is_something_and_not_what(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    notice_id = await tell(cast.cadre, link="/console/visits/7")
    await work()

    (message,) = ways.app.sent
    assert (message.title, message.body) == ("连心", "您有一条新消息，打开查看。")
    assert message.data["notice_id"] == str(notice_id)
    assert "林大山" not in str(message)


async def test_public_words_are_shown_in_the_phones_own_language(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    await tell(cast.cadre, text=push.Text(zh="今晚有大风", public=True), exercise=True)
    await work()

    assert (ways.app.sent[0].title, ways.app.sent[0].body) == ("【演练】连心", "今晚有大风")


async def test_nothing_goes_out_before_the_room_that_tells_has_committed(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")

    @transaction
    async def verb():
        await tell(cast.cadre)
        raise LookupError

    with pytest.raises(LookupError):
        await verb()
    await work()
    assert ways.app.sent == []
    assert await fetch("SELECT 1 FROM push_notice") == []


async def test_the_same_key_says_it_once_whatever_the_words(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    first = await tell(cast.cadre, dedupe_key="shift 7")
    again = await tell(cast.cadre, dedupe_key="shift 7", text=push.Text(zh="别的话"))
    await work()

    assert first == again
    assert len(ways.app.sent) == 1


async def test_a_room_says_its_own_sentence_in_both_languages():
    said = push.text("There is no group {id}.", id=7)

    assert (said.zh, said.en) == ("没有编号为 7 的群。", "There is no group 7.")


async def test_one_way_after_the_other_and_only_while_the_former_did_not_reach_him(cast, ways, phone, work, noon):
    from backend.push.escalation import every_minute

    await phone(cast.cadre, "token-1")
    await phone(cast.cadre, "openid-1", AddressKind.WECHAT_OPENID)
    await phone(cast.cadre, "13900000000", AddressKind.SMS)
    await tell(cast.cadre)
    await work()
    await every_minute()
    await work()
    assert [len(way.sent) for way in ways.all()] == [1, 0, 0, 0]

    with later(minutes=16):
        await every_minute()
        await work()
    assert [len(way.sent) for way in ways.all()] == [1, 0, 1, 0]

    with later(minutes=90):
        await every_minute()
        await work()
    assert [len(way.sent) for way in ways.all()] == [1, 0, 1, 1]


async def test_who_has_seen_it_is_not_told_on_another_way(cast, ways, phone, work, noon):
    from backend.push import inbox
    from backend.push.escalation import every_minute

    await phone(cast.cadre, "token-1")
    await phone(cast.cadre, "13900000000", AddressKind.SMS)
    notice_id = await tell(cast.cadre)
    await work()
    assert await inbox.mark_seen(notice_ids=[notice_id], by=cast.cadre) == 1
    with later(hours=3):
        await every_minute()
        await work()

    assert ways.sms.sent == []


async def test_a_way_that_fails_for_good_is_followed_at_once_by_the_next_and_its_address_is_dead(
    cast, ways, phone, work, noon
):
    from backend.push.escalation import every_minute

    ways.app.faults["token-1"] = [Sent.PERMANENT_INVALID]
    await phone(cast.cadre, "token-1")
    await phone(cast.cadre, "13900000000", AddressKind.SMS)
    await tell(cast.cadre)
    await work()
    await every_minute()
    await work()

    assert len(ways.sms.sent) == 1
    row = await fetch_row("SELECT dead_at, dead_reason FROM push_address WHERE kind = 'fcm_token'")
    assert (row["dead_at"], row["dead_reason"]) == (clock.now(), "permanent_invalid")

    await tell(cast.cadre)
    await work()
    assert len(ways.app.sent) == 1
    assert len(ways.sms.sent) == 2


async def test_at_night_it_is_held_and_goes_out_at_seven(cast, ways, phone, work, noon, states):
    from backend.push.escalation import every_minute

    await phone(cast.cadre, "token-1")
    with later(hours=11):  # 23:00
        await tell(cast.cadre)
        await work(late=True)
    assert await states() == {"scheduled": 1}
    assert ways.app.sent == []

    with later(hours=19, minutes=1):
        await every_minute()
        await work()
    assert await states() == {"accepted": 1}


async def test_whoever_is_on_duty_is_told_at_night_however_often_and_one_way_after_another(
    cast, ways, phone, work, noon
):
    from backend.push.escalation import every_minute

    await phone(cast.cadre, "token-1")
    await phone(cast.cadre, "13900000000", AddressKind.SMS)
    with later(hours=11):  # 23:00
        for _ in range(4):
            await tell(cast.cadre, on_duty=True)
        await work()
        assert (len(ways.app.sent), len(ways.sms.sent)) == (4, 0)
        with later(minutes=61):
            await every_minute()
            await work()
        assert len(ways.sms.sent) == 4, "the next way does not wait for the morning either"
        await tell(cast.cadre)
        await work()
    assert len(ways.app.sent) == 4, "what is told him as anybody else is held"

    with later(hours=20):
        await every_minute()
        await work()
    assert len(ways.app.sent) == 5, "and the night counted against no day's cap"


async def test_an_emergency_does_not_wait_for_the_morning(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    with later(hours=11):
        await tell(cast.cadre, category=Category.EMERGENCY)
        await work()

    assert len(ways.app.sent) == 1


async def test_the_fourth_of_a_day_is_held_until_the_next_morning_and_the_seventh_one_more(
    cast, ways, phone, work, noon
):
    from backend.push.escalation import every_minute

    await phone(cast.cadre, "token-1")
    for _ in range(7):
        await tell(cast.cadre, category=Category.INFO)
    await tell(cast.cadre, category=Category.EMERGENCY)
    await work()
    assert len(ways.app.sent) == 4

    for hours, so_far in ((18, 4), (19, 7), (30, 7), (43, 8)):
        with later(hours=hours, seconds=1):
            await every_minute()
            await work()
        told = [each for each in ways.app.sent if each.category is Category.INFO]
        assert len(told) == so_far - 1, hours


async def test_what_is_muted_is_not_sent_and_not_lost(cast, ways, phone, work, noon, states):
    from backend.push import inbox

    await phone(cast.cadre, "token-1", muted=[Category.INFO, Category.EMERGENCY])
    await tell(cast.cadre, category=Category.INFO)
    await work()
    assert await states() == {"muted": 1}
    assert len((await inbox.list_notices(by=cast.cadre)).items) == 1

    await tell(cast.cadre, category=Category.EMERGENCY)
    await work()
    assert len(ways.app.sent) == 1, "an emergency cannot be muted"


async def test_what_is_over_is_not_sent(cast, ways, phone, work, noon, states):
    ways.app.down = True
    await phone(cast.cadre, "token-1")
    await tell(cast.cadre, expires_at=clock.now() + timedelta(minutes=5))
    await work()
    ways.app.down = False
    with later(minutes=6):
        await work(late=True)

    assert await states() == {"expired": 1}
    assert len(ways.app.sent) == 1


async def test_an_app_that_did_not_call_for_270_days_is_not_used(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    await phone(cast.cadre, "13900000000", AddressKind.SMS)
    with later(days=269):
        await tell(cast.cadre)
        await work()
    assert len(ways.app.sent) == 1
    with later(days=271):
        await tell(cast.cadre)
        await work()
    assert len(ways.app.sent) == 1
    assert len(ways.sms.sent) == 1, "a phone number does not grow old"


async def test_words_that_no_push_could_carry_are_refused_when_they_are_written(cast, noon):
    long = "字" * 900
    await tell(cast.cadre, text=push.Text(zh=long))
    with pytest.raises(PayloadTooLarge) as refused:
        await tell(cast.cadre, text=push.Text(zh=long, public=True))

    assert refused.value.facts["limit"] == 4096
    assert refused.value.facts["bytes"] > 4096


async def test_a_warning_of_fraud_has_no_link_in_its_words_nor_in_its_sms(cast, ways, phone, work, noon):
    await phone(cast.cadre, "13900000000", AddressKind.SMS)
    with pytest.raises(LinkRefused):
        await tell(cast.cadre, text=push.Text(zh="请看 www.96110.cn"), no_links=True)
    await tell(cast.cadre, no_links=True, link="/console/warnings/7")
    await work()

    assert ways.sms.sent[0].link is None


async def test_a_room_calls_off_what_it_told(cast, ways, phone, work, noon, states):
    ways.app.down = True
    await phone(cast.cadre, "token-1")
    origin = uuid4()
    await tell(cast.cadre, origin_room="rosters", origin_id=origin)
    await work()
    assert await push.call_off(origin_room="rosters", origin_id=origin) == 1

    assert await states() == {"denied": 1}


async def test_a_household_hears_as_long_as_it_consents(cast, ways, work, noon):
    from backend.core import ids
    from backend.people import consents
    from backend.push import addresses
    from tests.cast import VILLAGE

    said = {"household_id": cast.household, "purpose": "push", "text_version": "1", "text_sha256": "00" * 32}
    said |= {"channel": "visit", "method": "spoken", "by": cast.cadre}
    yes = await consents.record_consent(id=ids.uuid7(), given=True, at=clock.now(), **said)
    await addresses.register_household_address(
        id=ids.uuid7(),
        household_id=cast.household,
        kind=AddressKind.SMS,
        value="13900000051",
        consent_id=yes.record.id,
        division_code=VILLAGE,
    )
    await push.notify(to=cast.household, text=HELLO, category=Category.INFO, dedupe_key="1")
    await work()
    assert len(ways.sms.sent) == 1

    await consents.record_consent(id=ids.uuid7(), given=False, at=clock.now() + timedelta(seconds=1), **said)
    await push.notify(to=cast.household, text=HELLO, category=Category.INFO, dedupe_key="2")
    await work()
    assert len(ways.sms.sent) == 1
