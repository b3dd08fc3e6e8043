"""What a citizen learns about whoever stands at his door, and what a forger does not."""

import asyncio
from datetime import timedelta

import pytest

from backend.antifraud import visitor_cards, visitor_checking
from backend.antifraud.visitor_checking import my_visitor_code, verify_visitor, verify_visitor_for_caller
from backend.antifraud.visitor_codes import check_digit
from backend.antifraud.visitor_policies import VISITOR_POLICIES
from backend.antifraud.visitor_refusals import NoVisitorCard, VisitorsBusy, VisitorUnknown
from backend.core import clock
from backend.core.database import fetch
from backend.core.refusals import Forbidden
from backend.rosters.shifts import confirm_shift
from tests.antifraud.visitors import ELSEWHERE, HERE, STATION_PHONE, Visitors, at

TRIES = VISITOR_POLICIES[0].wrong_codes_per_address.at_once


@pytest.fixture
async def visitors(cast) -> Visitors:
    made = Visitors(cast)
    await made.open()
    return made


def somebodys(number: int) -> str:
    """A code with a right check digit."""
    return f"{number:07}{check_digit(f'{number:07}')}"


async def is_unknown(code: str, address: str = HERE) -> bool:
    with pytest.raises(VisitorUnknown):
        await verify_visitor(code, address=address)
    return True


async def test_todays_code_tells_who_he_is_and_whom_to_ring(visitors: Visitors) -> None:
    with clock.stopped(at(10)):
        await visitors.issued()
        code = await visitors.code()
        found = await verify_visitor(f" {code[:4]}-{code[4:]} ", address=HERE)

    assert (found.name, found.unit_name, found.unit_phone) == ("赵强", "梁村派出所", STATION_PHONE)
    assert (found.valid_on, found.dissuasion_line) == (at(0).date(), "96110")


async def test_whether_he_is_on_duty_is_asked_of_his_stations_roster_at_that_moment(visitors: Visitors) -> None:
    with clock.stopped(at(0.5)):
        await visitors.issued()
    with clock.stopped(at(1)):
        assert (await verify_visitor(await visitors.code(), address=HERE)).on_duty_now is None
        shift_id = await visitors.at_the_desk(visitors.assistant, at(8), at(16))
    for hour, on_duty in ((7.9, False), (8, True), (15.9, True)):
        with clock.stopped(at(hour)):
            assert (await verify_visitor(await visitors.code(), address=HERE)).on_duty_now is on_duty, hour
    with clock.stopped(at(9)):
        await confirm_shift(shift_id=shift_id, by=visitors.assistant)
        assert (await verify_visitor(await visitors.code(), address=HERE)).on_duty_now is True


async def test_an_overheard_code_is_useless_the_next_day(visitors: Visitors) -> None:
    with clock.stopped(at(10)):
        await visitors.issued()
        code = await visitors.code()
    with clock.stopped(at(10, 24)):
        assert await is_unknown(code)
        assert await visitors.code() != code


async def test_a_visit_over_midnight_ends_in_peace(visitors: Visitors) -> None:
    with clock.stopped(at(23.5)):
        await visitors.issued()
        code = await visitors.code()
    with clock.stopped(at(0.4, 24)):
        assert (await verify_visitor(code, address=HERE)).name == "赵强"
        assert (await verify_visitor(await visitors.code(), address=HERE)).name == "赵强"
        assert await visitors.code() != code
    with clock.stopped(at(0.5, 24)):
        assert await is_unknown(code)


async def test_an_ended_card_is_void_at_once_and_nobody_elses_code_changes(visitors: Visitors) -> None:
    others = [await visitors.another(number) for number in range(3)]
    with clock.stopped(at(10)):
        card = await visitors.issued()
        for other in others:
            await visitors.issued(other)
        code, theirs = await visitors.code(), [await visitors.code(other) for other in others]
        await verify_visitor(code, address=HERE)
        await visitor_cards.end_visitor_card(card_id=card.id, by=visitors.supervisor)
        assert await is_unknown(code)
        visitor_checking.kept.forget()
        assert await is_unknown(code)
        assert [await visitors.code(other) for other in others] == theirs
        with pytest.raises(NoVisitorCard):
            await my_visitor_code(by=visitors.assistant)


@pytest.mark.parametrize(
    "what",
    [
        "UPDATE people_person SET closed_at = $1 WHERE name = '赵强'",
        "UPDATE people_unit SET closed_at = $1 WHERE name = '梁村派出所'",
        "UPDATE people_role_assignment SET valid_to = $1::timestamptz::date - 3 WHERE role = 'assistant'",
        "UPDATE antifraud_visitor_card SET valid_to = $1::timestamptz::date - 3, valid_from = '2026-01-01'",
        "UPDATE antifraud_visitor_card SET valid_from = $1::timestamptz::date + 3",
    ],
    ids=["his account", "his unit", "his role", "its last day", "its first day"],
)
async def test_a_card_counts_no_longer_than_what_it_stands_on(visitors: Visitors, what: str) -> None:
    with clock.stopped(at(10)):
        await visitors.issued()
        code = await visitors.code()
        await verify_visitor(code, address=HERE)
        await fetch(what, clock.now())
        assert await is_unknown(code)


async def test_mistyped_and_never_anybodys_are_told_the_same(visitors: Visitors) -> None:
    told = set()
    for wrong in (somebodys(1), "12345670", "abc", "", "\x00", "\ud800"):
        with pytest.raises(VisitorUnknown) as refused:
            await verify_visitor(wrong, address=HERE)
        told.add((refused.value.code, refused.value.detail, str(refused.value.facts)))
    assert len(told) == 1


async def test_who_goes_on_guessing_learns_nothing_more_even_from_a_right_code(visitors: Visitors) -> None:
    with clock.stopped(at(10)):
        await visitors.issued()
        code = await visitors.code()
        for number in range(TRIES):
            assert await is_unknown(somebodys(number))
        with pytest.raises(VisitorsBusy) as busy:
            await verify_visitor(code, address=HERE)
        assert (await verify_visitor(code, address=ELSEWHERE)).name == "赵强"
    assert busy.value.retry_after_s == 90
    with clock.stopped(at(10) + timedelta(seconds=91)):
        assert (await verify_visitor(code, address=HERE)).name == "赵强"


async def test_guesses_at_the_same_moment_are_counted_too(visitors: Visitors) -> None:
    guesses = (verify_visitor(somebodys(number), address=HERE) for number in range(TRIES * 2))
    said = [type(each) for each in await asyncio.gather(*guesses, return_exceptions=True)]

    assert said.count(VisitorUnknown) == TRIES
    assert said.count(VisitorsBusy) == TRIES


async def test_right_codes_are_never_too_many(visitors: Visitors) -> None:
    with clock.stopped(at(10)):
        await visitors.issued()
        code = await visitors.code()
        for _ in range(TRIES * 2):
            await verify_visitor(code, address=HERE)


async def test_nothing_in_the_database_gives_a_code_away(visitors: Visitors) -> None:
    with clock.stopped(at(10)):
        await visitors.issued()
        code = await visitors.code()
    (row,) = await fetch("SELECT c::text AS told FROM antifraud_visitor_card c")
    assert code not in row["told"]


async def test_a_desk_reads_it_to_a_caller_with_more_tries_than_a_telephone_and_not_without_end(
    visitors: Visitors,
) -> None:
    operator, tries = visitors.cast.operator, VISITOR_POLICIES[0].wrong_codes_per_desk.at_once
    with clock.stopped(at(10)):
        await visitors.issued()
        code = await visitors.code()
        for number in range(tries):
            if number % 20 == 0:  # callers with a right code cost the desk nothing
                assert (await verify_visitor_for_caller(code, by=operator)).name == "赵强"
            with pytest.raises(VisitorUnknown):
                await verify_visitor_for_caller(somebodys(number), by=operator)
        with pytest.raises(VisitorsBusy):
            await verify_visitor_for_caller(code, by=operator)
        assert (await verify_visitor_for_caller(code, by=visitors.cast.handler)).name == "赵强"
        assert (await verify_visitor(code, address=HERE)).name == "赵强"
    assert tries > TRIES


async def test_only_who_answers_telephones_reads_it_to_a_caller(visitors: Visitors) -> None:
    for who in (visitors.cast.cadre, visitors.cast.expert, visitors.cast.auditor):
        with pytest.raises(Forbidden):
            await verify_visitor_for_caller(somebodys(1), by=who)
