"""Signing in, staying signed in, signing out."""

import asyncio
import threading
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest
from argon2 import PasswordHasher, extract_parameters

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.core.refusals import Invalid
from backend.people import actions, devices, one_time_links, passwords, proofs, sessions, tokens
from backend.people.refusals import (
    LinkSpent,
    PersonUnknown,
    RefreshTokenReused,
    SignInLocked,
    SignInRefused,
    TokenVoid,
)
from backend.people.tokens import Kind
from tests.cast import PASSWORD, VILLAGE, phone_of

NOBODYS_PHONE = "199 0000 0077"


async def sign_in(who="cadre", password=PASSWORD, **more):
    return await sessions.sign_in(phone=phone_of(who), password=password, device_label="红米", **more)


def later(**span):
    return clock.stopped(clock.now() + timedelta(**span))


async def test_the_right_password_gives_tokens_that_say_who_is_asking_and_what_he_holds_today(cast):
    pair = await sign_in()

    actor = await sessions.actor_of_access_token(pair.access_token)

    assert (actor.person_id, actor.name, actor.device_id) == (cast.cadre.person_id, "李秀兰", pair.device_id)
    assert [(held.role, held.division_code, held.prefixes) for held in actor.held] == [("cadre", VILLAGE, (VILLAGE,))]


async def test_who_is_asking_costs_one_round_trip(cast, monkeypatch):
    pair = await sign_in()
    asked = []
    real = sessions.standings.fetch

    async def counted(sql, *values):
        asked.append(sql)
        return await real(sql, *values)

    monkeypatch.setattr(sessions.standings, "fetch", counted)
    monkeypatch.setattr(sessions.sign_in_queries, "fetch_row", None)
    await sessions.actor_of_access_token(pair.access_token)

    assert len(asked) == 1


async def test_a_role_counts_from_its_first_day_to_its_last(cast):
    today = clock.today()
    await actions.assign_role(
        person_id=cast.expert.person_id, role="cadre", division_code=VILLAGE,
        valid_from=today + timedelta(days=1), valid_to=today + timedelta(days=2),
    )  # fmt: skip

    async def is_cadre(days):
        with later(days=days):
            return (await sessions.actor(person_id=cast.expert.person_id)).has("cadre")

    assert [await is_cadre(days) for days in range(4)] == [False, True, True, False]


async def test_a_token_runs_out(cast):
    pair = await sign_in()
    with later(minutes=14, seconds=59):
        await sessions.actor_of_access_token(pair.access_token)
    with later(minutes=15, seconds=1), pytest.raises(TokenVoid):
        await sessions.actor_of_access_token(pair.access_token)


async def test_a_token_of_another_key_algorithm_or_kind_is_void(cast):
    pair = await sign_in()
    claims = jwt.decode(pair.access_token, options={"verify_signature": False})
    session = await sessions.open_session(phone=phone_of("cadre"), password=PASSWORD)
    forged = [
        jwt.encode(claims, "another key of thirty-two bytes!!", algorithm="HS256"),
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode({**claims, "sub": "nobody"}, tokens._key(), algorithm="HS256"),
        jwt.encode({k: v for k, v in claims.items() if k != "exp"}, tokens._key(), algorithm="HS256"),
        session.token,
        "",
        "x.y.z",
    ]
    for token in forged:
        with pytest.raises(TokenVoid):
            await sessions.actor_of_access_token(token)
    with pytest.raises(TokenVoid):
        await sessions.actor_of_access_token(pair.access_token, kind=Kind.SESSION)


async def test_sign_out_everywhere_holds_at_the_next_request(cast):
    phone, desk = await sign_in(), await sign_in()
    page = await sessions.open_session(phone=phone_of("cadre"), password=PASSWORD)
    actor = await sessions.actor_of_access_token(phone.access_token)

    await sessions.sign_out_everywhere(by=actor)

    for pair in (phone, desk):
        with pytest.raises(TokenVoid):
            await sessions.actor_of_access_token(pair.access_token)
        with pytest.raises(TokenVoid):
            await sessions.refresh(refresh_token=pair.refresh_token)
    with pytest.raises(TokenVoid):
        await sessions.actor_of_access_token(page.token, kind=Kind.SESSION)
    assert await sign_in()


async def test_a_closed_account_is_out_at_once_and_answers_like_an_unknown_phone(cast):
    pair = await sign_in()

    await actions.close_account(person_id=cast.cadre.person_id, by=cast.admin)

    with pytest.raises(TokenVoid):
        await sessions.actor_of_access_token(pair.access_token)
    with pytest.raises(TokenVoid):
        await sessions.refresh(refresh_token=pair.refresh_token)
    with pytest.raises(SignInRefused):
        await sign_in()
    with pytest.raises(PersonUnknown):
        await sessions.actor(person_id=cast.cadre.person_id)


async def test_a_revoked_device_is_out_and_the_other_stays(cast):
    lost, kept = await sign_in(), await sign_in()
    by = await sessions.actor_of_access_token(kept.access_token)

    await devices.revoke_device(device_id=lost.device_id, by=by)

    with pytest.raises(TokenVoid):
        await sessions.actor_of_access_token(lost.access_token)
    with pytest.raises(TokenVoid):
        await sessions.refresh(refresh_token=lost.refresh_token)
    assert await sessions.actor_of_access_token(kept.access_token)
    assert await sessions.refresh(refresh_token=kept.refresh_token)


async def test_a_phone_keeps_its_device_and_two_persons_on_one_phone_have_two(cast):
    first = await sign_in()
    again = await sign_in(device_id=first.device_id)
    shared = await sign_in("assistant", device_id=first.device_id)

    assert again.device_id == first.device_id
    assert shared.device_id != first.device_id


async def test_a_refresh_token_works_once_and_gives_the_next(cast):
    first = await sign_in()
    second = await sessions.refresh(refresh_token=first.refresh_token)
    third = await sessions.refresh(refresh_token=second.refresh_token)

    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert (await sessions.actor_of_access_token(third.access_token)).device_id == first.device_id


async def test_a_stolen_refresh_token_shuts_its_family_for_both_holders(cast):
    stolen = await sign_in()
    other_phone = await sign_in()
    mine = await sessions.refresh(refresh_token=stolen.refresh_token)

    with later(seconds=31):
        with pytest.raises(RefreshTokenReused):
            await sessions.refresh(refresh_token=stolen.refresh_token)
        with pytest.raises(TokenVoid):
            await sessions.refresh(refresh_token=mine.refresh_token)
        assert await sessions.refresh(refresh_token=other_phone.refresh_token)


async def test_a_phone_that_lost_the_answer_gets_the_same_successor_again(cast):
    first = await sign_in()
    lost = await sessions.refresh(refresh_token=first.refresh_token)
    with later(seconds=29):
        again = await sessions.refresh(refresh_token=first.refresh_token)
        assert again.refresh_token == lost.refresh_token
        assert await sessions.refresh(refresh_token=again.refresh_token)


async def test_a_thief_within_the_grace_period_is_found_when_the_slower_one_comes(cast):
    first = await sign_in()
    mine = await sessions.refresh(refresh_token=first.refresh_token)
    with later(seconds=10):
        his = await sessions.refresh(refresh_token=first.refresh_token)
        his_next = await sessions.refresh(refresh_token=his.refresh_token)
    with later(minutes=15):
        with pytest.raises(RefreshTokenReused):
            await sessions.refresh(refresh_token=mine.refresh_token)
        with pytest.raises(TokenVoid):
            await sessions.refresh(refresh_token=his_next.refresh_token)


async def test_a_used_token_whose_successor_was_used_is_theft_even_within_the_grace_period(cast):
    first = await sign_in()
    second = await sessions.refresh(refresh_token=first.refresh_token)
    await sessions.refresh(refresh_token=second.refresh_token)

    with pytest.raises(RefreshTokenReused):
        await sessions.refresh(refresh_token=first.refresh_token)


async def test_two_refreshes_at_the_same_moment_agree_on_one_successor(cast):
    first = await sign_in()

    pairs = await asyncio.gather(*[sessions.refresh(refresh_token=first.refresh_token) for _ in range(6)])

    assert len({pair.refresh_token for pair in pairs}) == 1
    assert len(await fetch("SELECT FROM people_refresh_token")) == 2


async def test_a_refresh_token_runs_out_and_only_its_hash_is_kept(cast):
    pair = await sign_in()
    row = await fetch_row("SELECT token_sha256 FROM people_refresh_token")

    assert row["token_sha256"] == sessions.rules.sha256(pair.refresh_token)
    with later(days=30, seconds=1), pytest.raises(TokenVoid):
        await sessions.refresh(refresh_token=pair.refresh_token)


async def guess(phone, password="wrong-password"):  # noqa: S107
    """What a stranger sees: kind, words, facts and seconds to wait."""
    try:
        await sessions.sign_in(phone=phone, password=password)
    except (SignInRefused, SignInLocked) as refusal:
        return type(refusal), refusal.detail, refusal.facts, refusal.retry_after_s
    return None


async def test_a_known_and_an_unknown_phone_answer_the_same_through_failures_and_locks(cast):
    with clock.stopped(clock.now()):
        known = [await guess(phone_of("cadre")) for _ in range(7)]
        unknown = [await guess(NOBODYS_PHONE) for _ in range(7)]

    assert known == unknown
    assert [answer[0] for answer in known] == [SignInRefused] * 5 + [SignInLocked] * 2
    assert known[-1][3] == 15 * 60


async def test_an_account_without_a_password_answers_like_an_unknown_phone(cast):
    await actions.open_account(id=uuid4(), name="新来", phone=NOBODYS_PHONE)

    assert await guess(NOBODYS_PHONE) == await guess("199 0000 0078")


async def test_while_the_door_is_closed_the_right_password_does_not_open_it(cast):
    now = clock.now()
    with clock.stopped(now):
        for _ in range(5):
            await guess(phone_of("cadre"))
        with pytest.raises(SignInLocked):
            await sign_in()
    with clock.stopped(now + timedelta(minutes=15)):
        assert await sign_in()
        assert (await guess(phone_of("cadre")))[0] is SignInRefused, "the count began anew"
        assert await sign_in()


async def test_the_next_failure_after_a_lock_locks_for_longer(cast):
    now = clock.now()
    with clock.stopped(now):
        for _ in range(5):
            await guess(phone_of("cadre"))
    with clock.stopped(now + timedelta(minutes=16)):
        assert (await guess(phone_of("cadre")))[0] is SignInRefused
        assert (await guess(phone_of("cadre")))[3] == 30 * 60


async def test_yesterdays_failures_are_forgotten(cast):
    now = clock.now()
    with clock.stopped(now):
        for _ in range(4):
            await guess(phone_of("cadre"))
    with clock.stopped(now + timedelta(hours=25)):
        await guess(phone_of("cadre"))
        assert await sign_in()


async def test_a_burst_of_guesses_is_stopped_too(cast):
    answers = await asyncio.gather(*[guess(phone_of("cadre")) for _ in range(20)])

    refused = [answer for answer in answers if answer[0] is SignInRefused]
    assert 5 <= len(refused) <= 5 + passwords._AT_ONCE - 1


@pytest.fixture
def checks(monkeypatch):
    """Each argon2 check as (parameters, thread)."""
    seen = []
    real = passwords._matches

    def noted(password, encoded):
        seen.append((extract_parameters(encoded), threading.get_ident()))
        return real(password, encoded)

    monkeypatch.setattr(passwords, "_matches", noted)
    return seen


async def test_an_unknown_phone_costs_the_same_argon2_as_a_known_one(cast, checks):
    await actions.open_account(id=uuid4(), name="新来", phone="199 0000 0078")
    for phone in (phone_of("cadre"), NOBODYS_PHONE, "199 0000 0078"):
        await guess(phone)

    parameters = [each for each, _ in checks]
    assert parameters == [parameters[0]] * 3
    assert parameters[0] == extract_parameters(await passwords.hash_password("anything"))


async def test_the_password_check_does_not_hold_up_the_loop(cast, checks):
    await sign_in()

    assert len(checks) == 1
    assert checks[0][1] != threading.get_ident()


async def test_basic_sign_in_asks_argon2_once_a_minute_and_a_sign_out_ends_that(cast, monkeypatch):
    asked = []
    real = passwords.matches

    async def counted(*arguments):
        asked.append(1)
        return await real(*arguments)

    monkeypatch.setattr(proofs.passwords, "matches", counted)
    now = clock.now()
    with clock.stopped(now):
        for _ in range(3):
            by = await sessions.actor_of_password(phone_of("cadre"), PASSWORD)
        assert len(asked) == 1
        with pytest.raises(SignInRefused):
            await sessions.actor_of_password(phone_of("cadre"), "another-password")
        assert len(asked) == 2
        await sessions.sign_out_everywhere(by=by)
        await sessions.actor_of_password(phone_of("cadre"), PASSWORD)
        assert len(asked) == 3
        await one_time_links.set_first_password(person_id=by.person_id, password="quite-another-1")
        with pytest.raises(SignInRefused):
            await sessions.actor_of_password(phone_of("cadre"), PASSWORD)
    with clock.stopped(now + timedelta(seconds=61)):
        await sessions.actor_of_password(phone_of("cadre"), "quite-another-1")
        assert len(asked) == 5


async def test_an_old_hash_is_made_anew_with_todays_parameters(cast):
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    await one_time_links.set_password_hash(person_id=cast.cadre.person_id, encoded=weak)

    await sign_in()

    row = await fetch_row("SELECT password_hash FROM people_person WHERE id = $1", cast.cadre.person_id)
    assert row["password_hash"] != weak
    assert await sign_in()


async def test_a_one_time_link_is_looked_at_often_and_used_once(cast):
    token = await one_time_links.make_one_time_link(person_id=cast.cadre.person_id, by=cast.admin)
    for _ in range(3):
        assert (await one_time_links.show_one_time_link(token=token)).name == "李秀兰"

    await one_time_links.use_one_time_link(token=token, password="first-password")
    await one_time_links.use_one_time_link(token=token, password="first-password")

    assert await sign_in(password="first-password")
    with pytest.raises(LinkSpent):
        await one_time_links.use_one_time_link(token=token, password="second-password")
    with pytest.raises(LinkSpent):
        await one_time_links.show_one_time_link(token=token)
    assert await sign_in(password="first-password")


async def test_two_who_use_a_link_at_once_do_not_both_win(cast):
    token = await one_time_links.make_one_time_link(person_id=cast.cadre.person_id)

    answers = await asyncio.gather(
        *[one_time_links.use_one_time_link(token=token, password=f"password-{n}") for n in range(4)],
        return_exceptions=True,
    )

    assert [type(answer) for answer in answers].count(LinkSpent) == 3


async def test_a_new_link_ends_the_older_one_and_every_link_runs_out(cast):
    with pytest.raises(Invalid):
        await one_time_links.use_one_time_link(token="any", password="short")
    older = await one_time_links.make_one_time_link(person_id=cast.cadre.person_id)
    newer = await one_time_links.make_one_time_link(person_id=cast.cadre.person_id)

    with pytest.raises(LinkSpent):
        await one_time_links.use_one_time_link(token=older, password="some-password")
    with later(hours=72, seconds=1), pytest.raises(LinkSpent):
        await one_time_links.use_one_time_link(token=newer, password="some-password")
    with pytest.raises(LinkSpent):
        await one_time_links.use_one_time_link(token="never-made-by-anybody-here", password="some-password")


async def test_a_new_password_voids_what_was_signed_in_before_and_opens_a_closed_door(cast):
    pair = await sign_in()
    for _ in range(5):
        await guess(phone_of("cadre"))
    token = await one_time_links.make_one_time_link(person_id=cast.cadre.person_id)

    await one_time_links.use_one_time_link(token=token, password="first-password")

    with pytest.raises(TokenVoid):
        await sessions.actor_of_access_token(pair.access_token)
    assert await sign_in(password="first-password")


async def test_nobody_makes_a_link_for_somebody_above_or_beside_him(cast):
    await actions.assign_role(
        person_id=cast.auditor.person_id, role="auditor", division_code="371500000000", valid_from=clock.today()
    )
    for other in (cast.stranger, cast.auditor):
        with pytest.raises(PersonUnknown):
            await one_time_links.make_one_time_link(person_id=other.person_id, by=cast.admin)
