import asyncio
from datetime import timedelta

import pytest

from backend.cases import dispatching, ending, receipts, working
from backend.cases.policies import case_policy
from backend.cases.receipts import Recognised
from backend.cases.refusals import CaseUnknown, NotYourStep, ReceiptUnknown, TicketExpired
from backend.cases.words import Satisfaction
from backend.core import clock, database, ids

HOME, AWAY = "203.0.113.7", "203.0.113.8"


def wrong(secret):
    return f"{(int(secret) + 1) % 1_000_000:06d}"


async def test_number_and_secret_open_it_however_they_are_typed(desk):
    opened = await desk.open()
    said = opened.case.number_said.translate(str.maketrans("0123456789", "０１２３４５６７８９")).replace(" ", "-")
    case = await receipts.track(number=said, secret=f" {opened.secret[:3]} {opened.secret[3:]} ", address=HOME)

    assert (case.number, case.title) == (opened.case.number, "村东水管坏了")
    assert {each.kind for each in case.clocks} == {"response", "handling"}
    assert case.steps == ["withdrawn", "photos_added", "contact_erased"]


async def test_the_citizen_reads_public_lines_units_and_nothing_about_persons(desk):
    opened = await desk.open()
    case_id = opened.case.id
    await dispatching.dispatch(case_id=case_id, id=ids.uuid7(), remark="来电人着急", by=desk.clerk)
    await working.note(case_id=case_id, id=ids.uuid7(), remark="家里没人", by=desk.plumber)
    await working.resolve(case_id=case_id, id=ids.uuid7(), remark="管子换好了", by=desk.plumber)
    await ending.answer(case_id=case_id, id=ids.uuid7(), remark="可以用水了", by=desk.plumber)
    case = await receipts.track(number=opened.case.number, secret=opened.secret, address=HOME)

    assert [line.kind for line in case.timeline] == ["opened", "dispatched", "resolved", "answered"]
    assert case.timeline[1].said == {"to_unit_name": "水务站"}
    assert case.timeline[3].said == {"words": "可以用水了"}
    assert case.timeline[3].by_unit.name == "水务站"
    assert case.steps == ["evaluated", "contested", "reopened", "photos_added", "contact_erased"]
    told = str(case)
    for hidden in ("着急", "没人", "冯水工", "钱接线", "林大山", "19900000051", "given"):
        assert hidden not in told


async def test_an_unknown_number_a_wrong_secret_and_a_lock_are_one_answer(desk):
    opened = await desk.open()
    refusals = []
    for number, secret in ((opened.case.number, wrong(opened.secret)), ("123456789012", opened.secret), ("x", "")):
        with pytest.raises(ReceiptUnknown) as refused:
            await receipts.track(number=number, secret=secret, address=HOME)
        refusals.append(refused.value)
    for _ in range(5):
        with pytest.raises(ReceiptUnknown) as refused:
            await receipts.track(number=opened.case.number, secret=wrong(opened.secret), address=HOME)
    with pytest.raises(ReceiptUnknown) as refused:
        await receipts.track(number=opened.case.number, secret=opened.secret, address=HOME)
    refusals.append(refused.value)

    assert len({(each.status, each.code, each.detail, str(each.facts)) for each in refusals}) == 1


async def test_unknown_numbers_lock_as_known_ones_do_and_cost_the_same_statements(desk, monkeypatch):
    opened, asked = await desk.open(), {}
    plain = database.fetch_row

    for number in (opened.case.number, "123456789012"):
        said = asked.setdefault(number, [])

        async def heard(sql, *values, said=said):
            said.append(sql)
            return await plain(sql, *values)

        monkeypatch.setattr("backend.cases.attempts.fetch_row", heard)
        monkeypatch.setattr("backend.cases.receipt_queries.fetch_row", heard)
        with pytest.raises(ReceiptUnknown):
            await receipts.track(number=number, secret=wrong(opened.secret), address=HOME)

    known, unknown = asked.values()
    assert known == unknown
    rows = await database.fetch("SELECT failures FROM cases_receipt_attempt ORDER BY failures")
    assert [row["failures"] for row in rows] == [1, 1, 2]


async def test_four_wrong_tries_do_no_harm_and_a_right_one_begins_anew(desk):
    opened = await desk.open()
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(ReceiptUnknown):
                await receipts.track(number=opened.case.number, secret=wrong(opened.secret), address=HOME)
        await receipts.track(number=opened.case.number, secret=opened.secret, address=HOME)


async def test_a_lock_ends_after_its_hour(desk):
    opened, policy = await desk.open(), case_policy(clock.today())
    for _ in range(policy.failures_per_number + 1):
        with pytest.raises(ReceiptUnknown):
            await receipts.track(number=opened.case.number, secret=wrong(opened.secret), address=HOME)
    with pytest.raises(ReceiptUnknown):
        await receipts.track(number=opened.case.number, secret=opened.secret, address=AWAY)

    with clock.stopped(clock.now() + policy.lock + timedelta(seconds=1)):
        await receipts.track(number=opened.case.number, secret=opened.secret, address=AWAY)


async def test_fifty_guesses_at_once_are_no_way_around_the_lock(desk):
    number = (await desk.open()).case.number
    guesses = [receipts.track(number=number, secret=f"{i:06d}", address=f"198.51.100.{i}") for i in range(50)]
    looked = await asyncio.gather(*guesses, return_exceptions=True)
    assert all(isinstance(each, ReceiptUnknown) for each in looked)
    row = await database.fetch_row("SELECT max(failures) AS most FROM cases_receipt_attempt")
    assert row["most"] <= case_policy(clock.today()).failures_per_number + 1


async def test_one_address_may_not_try_number_after_number(desk):
    opened, policy = await desk.open(), case_policy(clock.today())
    for i in range(policy.failures_per_address + 1):
        with pytest.raises(ReceiptUnknown):
            await receipts.track(number=f"{i:012d}", secret="000000", address=HOME)

    with pytest.raises(ReceiptUnknown):
        await receipts.track(number=opened.case.number, secret=opened.secret, address=HOME)
    await receipts.track(number=opened.case.number, secret=opened.secret, address=AWAY)


async def test_no_number_and_no_address_lies_readable_in_the_table_of_tries(desk):
    with pytest.raises(ReceiptUnknown):
        await receipts.track(number="123456789012", secret="000000", address=HOME)
    for row in await database.fetch("SELECT key FROM cases_receipt_attempt"):
        assert len(row["key"]) == 32


async def test_the_secret_is_kept_by_a_keyed_hash_bound_to_its_case(desk):
    one, other = await desk.open(), await desk.open()
    row = await database.fetch_row('SELECT secret_mac FROM cases_receipt WHERE "case" = $1', one.case.id)

    assert row["secret_mac"] == receipts.secret_mac(one.case.id, one.secret)
    assert row["secret_mac"] != receipts.secret_mac(other.case.id, one.secret)


async def test_a_secret_can_be_said_again_until_another_one_is_made(desk):
    opened = await desk.open()
    assert await receipts.tell_again(opened.case.id) == opened.secret
    assert await receipts.tell_again(ids.uuid7()) is None

    made = await receipts.recover(
        case_id=opened.case.id, id=ids.uuid7(), recognised=Recognised.CALLED_BACK, by=desk.clerk
    )
    assert await receipts.tell_again(opened.case.id) == made.record.secret


async def test_a_secret_made_by_chance_before_secrets_followed_from_their_ids_still_opens_and_is_not_said_again(desk):
    opened = await desk.open()
    mac = receipts.secret_mac(opened.case.id, wrong(opened.secret))
    await database.fetch('UPDATE cases_receipt SET secret_mac = $2 WHERE "case" = $1', opened.case.id, mac)
    assert await receipts.tell_again(opened.case.id) is None
    assert await receipts.track(number=opened.case.number, secret=wrong(opened.secret), address=HOME)


def test_secrets_are_as_good_as_drawn_by_lot():
    secrets = [receipts.secret_of(ids.uuid7()) for _ in range(4_000)]
    assert all(len(each) == 6 and each.isdigit() for each in secrets)
    assert len(set(secrets)) > 3_900
    for place in range(6):
        counts = [sum(each[place] == digit for each in secrets) for digit in "0123456789"]
        assert min(counts) > 300
        assert max(counts) < 500


async def test_a_lost_receipt_gets_a_new_secret_from_somebody_who_knows_him_and_the_old_one_is_void(desk):
    opened = await desk.open(household_id=desk.cast.household)
    id = ids.uuid7()
    made = await receipts.recover(
        case_id=opened.case.id, id=id, recognised=Recognised.KNOWN_PERSONALLY, by=desk.cast.cadre
    )
    again = await receipts.recover(
        case_id=opened.case.id, id=id, recognised=Recognised.KNOWN_PERSONALLY, by=desk.cast.cadre
    )

    assert (made.created, again.created, again.record.secret) == (True, False, None)
    case = await receipts.track(number=made.record.number, secret=made.record.secret, address=HOME)
    assert case.timeline[-1].kind == "receipt_renewed"
    assert case.timeline[-1].said == {"recognised": "known_personally"}
    if made.record.secret != opened.secret:
        with pytest.raises(ReceiptUnknown):
            await receipts.track(number=made.record.number, secret=opened.secret, address=HOME)


async def test_the_unit_that_acts_and_strangers_make_no_new_secret(desk):
    case = await desk.dispatched()
    with pytest.raises(NotYourStep):
        await receipts.recover(case_id=case.id, id=ids.uuid7(), recognised=Recognised.CALLED_BACK, by=desk.plumber)
    with pytest.raises(CaseUnknown):
        await receipts.recover(
            case_id=case.id, id=ids.uuid7(), recognised=Recognised.CALLED_BACK, by=desk.cast.stranger
        )


async def test_a_ticket_lasts_half_an_hour_and_cannot_be_made_up(desk):
    case_id = (await desk.open()).case.id
    ticket = receipts.ticket_for(case_id)
    assert receipts.case_of_ticket(ticket) == case_id

    for made_up in ("", "x", ticket[:-2], ("A" if ticket[0] != "A" else "B") + ticket[1:], "====", "é"):
        with pytest.raises(TicketExpired):
            receipts.case_of_ticket(made_up)
    with clock.stopped(clock.now() + timedelta(minutes=30, seconds=1)), pytest.raises(TicketExpired):
        receipts.case_of_ticket(ticket)


async def test_whoever_holds_the_receipt_takes_the_citizens_steps_and_no_others(desk):
    case = await desk.resolved()
    with pytest.raises(NotYourStep):
        await working.note(case_id=case.id, id=ids.uuid7(), remark="x", by=None)
    await ending.answer(case_id=case.id, id=ids.uuid7(), remark="好了", by=desk.plumber)
    done = await ending.evaluate(case_id=case.id, id=ids.uuid7(), satisfaction=Satisfaction.SATISFIED, by=None)

    assert done.satisfaction == Satisfaction.SATISFIED
