"""Reminder letters by ranges: overlaps, lost books, returned stock."""

import asyncio
from datetime import timedelta

import pytest

from backend.antifraud import letter_routes, letters
from backend.antifraud.letter_moves import clash, stock
from backend.antifraud.letter_ranges import serials
from backend.antifraud.letter_schemas import Move, NewLetters
from backend.antifraud.outreach_refusals import LettersElsewhere, LettersNotThere, LettersUnknown, NotYourPlace
from backend.antifraud.outreach_words import LetterMove
from backend.core import clock, ids
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.people.tables import Role
from tests.antifraud.outreach import client_of, planned, signed_in, somebody
from tests.cast import NEXT_VILLAGE, OTHER_COUNTY, TOWNSHIP, VILLAGE

GIVEN, SIGNED, DECLINED, LOST, RETURNED = LetterMove


def letters_of(move, first, last=None, village=VILLAGE, **more):
    at = clock.now() - timedelta(minutes=1)
    return NewLetters(move=move, first=first, last=last, division_code=village, at=at, **more)


async def moved(cast, *told, by=None, **more):
    outcome = await letters.issue_letters(new=letters_of(*told, **more), by=by or cast.supervisor)
    return outcome.record


async def lying(cast, village=VILLAGE):
    (found,) = (await letters.list_stocks(by=cast.supervisor, division_code=village)).items
    return found


async def test_a_villages_stock_is_what_it_was_given_without_what_went(cast):
    await moved(cast, GIVEN, "GX-001", "300")
    await moved(cast, SIGNED, "GX-001", "010", by=cast.assistant)
    await moved(cast, DECLINED, "GX-011", by=cast.assistant)
    await moved(cast, LOST, "GX-020", "029", by=cast.assistant)
    await moved(cast, RETURNED, "GX-201", "300", by=cast.assistant)

    there = await lying(cast)

    told = (there.given_n, there.signed_n, there.declined_n, there.lost_n, there.returned_n, there.stock_n)
    assert told == (300, 10, 1, 10, 100, 179)
    assert there.ranges == ["GX-012 – GX-019", "GX-030 – GX-200"]


async def test_a_range_that_overlaps_what_was_given_out_is_refused_and_named(cast):
    await moved(cast, GIVEN, "GX-001", "100")

    with pytest.raises(LettersElsewhere) as refused:
        await moved(cast, GIVEN, "GX-051", "150", village=NEXT_VILLAGE)

    assert refused.value.facts["letters"] == ["GX-051 – GX-100"]
    assert (await letters.list_letters(by=cast.supervisor, division_code=NEXT_VILLAGE)).items == []


async def test_given_out_twice_at_once_letters_go_to_one_village_only(cast):
    both = await asyncio.gather(
        moved(cast, GIVEN, "GX-001", "100"),
        moved(cast, GIVEN, "GX-100", "200", village=NEXT_VILLAGE),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in both) == ["LettersElsewhere", "LettersRecord"]
    assert len((await letters.list_letters(by=cast.supervisor)).items) == 1


async def test_letters_that_were_signed_for_are_never_given_out_again(cast):
    await moved(cast, GIVEN, "GX-001", "100")
    await moved(cast, SIGNED, "GX-007")
    await moved(cast, RETURNED, "GX-008", "100")

    with pytest.raises(LettersElsewhere) as refused:
        await moved(cast, GIVEN, "GX-001", "020", village=NEXT_VILLAGE)

    assert refused.value.facts["letters"] == ["GX-001 – GX-007"]


async def test_returned_letters_go_to_another_village_and_may_come_back(cast):
    await moved(cast, GIVEN, "GX-001", "100")
    await moved(cast, RETURNED, "GX-051", "100")
    await moved(cast, GIVEN, "GX-051", "100", village=NEXT_VILLAGE)
    await moved(cast, RETURNED, "GX-051", "100", village=NEXT_VILLAGE)
    await moved(cast, GIVEN, "GX-051", "100")

    there = await lying(cast)
    assert (there.stock_n, there.ranges) == (100, ["GX-001 – GX-100"])
    assert (await lying(cast, NEXT_VILLAGE)).stock_n == 0


async def test_written_down_at_one_moment_moves_still_keep_their_order(cast):
    with clock.stopped(clock.now()):
        for move, village in [(GIVEN, VILLAGE), (RETURNED, VILLAGE), (GIVEN, NEXT_VILLAGE), (SIGNED, NEXT_VILLAGE)]:
            await moved(cast, move, "GX-001", "100", village=village)

    assert (await lying(cast, NEXT_VILLAGE)).signed_n == 100


async def test_what_is_not_in_the_villages_stock_cannot_be_signed_for(cast):
    await moved(cast, GIVEN, "GX-001", "100")
    await moved(cast, LOST, "GX-040", "049")

    with pytest.raises(LettersNotThere) as refused:
        await moved(cast, SIGNED, "GX-045", "110")
    assert refused.value.facts["letters"] == ["GX-045 – GX-049", "GX-101 – GX-110"]
    with pytest.raises(LettersNotThere):
        await moved(cast, SIGNED, "GX-001", village=NEXT_VILLAGE)
    with pytest.raises(LettersNotThere):
        await moved(cast, SIGNED, "GX-0001")  # another book: its serials are wider


async def test_a_lost_book_that_is_found_lies_in_the_village_again(cast):
    await moved(cast, GIVEN, "GX-001", "100")
    lost = await moved(cast, LOST, "GX-001", "050", by=cast.assistant)

    for _ in range(2):
        found = await letters.withdraw_letters(letters_id=lost.id, by=cast.assistant)
        assert found.withdrawn_at is not None

    assert (await lying(cast)).stock_n == 100
    await moved(cast, SIGNED, "GX-001")


async def test_what_something_rests_on_is_not_withdrawn(cast):
    given = await moved(cast, GIVEN, "GX-001", "100")
    returned = await moved(cast, RETURNED, "GX-051", "100")
    await moved(cast, GIVEN, "GX-061", "070", village=NEXT_VILLAGE)

    for each in (given, returned):
        with pytest.raises(LettersNotThere):
            await letters.withdraw_letters(letters_id=each.id, by=cast.supervisor)


async def test_a_move_is_withdrawn_by_its_writer_or_his_supervisor_only(cast):
    given = await moved(cast, GIVEN, "GX-001", "100")
    outsider = await somebody(Role.SUPERVISOR, OTHER_COUNTY)

    with pytest.raises(NotYourPlace):
        await letters.withdraw_letters(letters_id=given.id, by=cast.assistant)
    with pytest.raises(LettersUnknown):
        await letters.withdraw_letters(letters_id=given.id, by=outsider)


async def test_a_letters_history_is_found_by_its_serial(cast):
    await moved(cast, GIVEN, "GX-001", "100", round_id=(await planned(cast)).id)
    await moved(cast, SIGNED, "GX-007", by=cast.assistant)
    await moved(cast, SIGNED, "GX-008", by=cast.assistant)

    found = await letters.list_letters(by=cast.auditor, serial="ＧＸ－００７")

    assert [(each.move, each.letters_n, each.last) for each in found.items] == [
        (SIGNED, 1, "GX-007"),
        (GIVEN, 100, "GX-100"),
    ]
    first = await letters.list_letters(by=cast.auditor, limit=1)
    second = await letters.list_letters(by=cast.auditor, limit=1, cursor=first.next_cursor)
    assert (first.items[0].first, second.items[0].first) == ("GX-008", "GX-007")


@pytest.mark.parametrize(
    ("first", "last", "pointer"),
    [
        ("GX-", None, "/first"),
        ("GX-001", "GX-", "/last"),
        ("GX-001", "GY-009", "/last"),
        ("GX-009", "GX-001", "/last"),
        ("GX-000001", "GX-900000", "/last"),
    ],
)
async def test_serials_that_make_no_range_are_refused_at_their_field(cast, first, last, pointer):
    with pytest.raises(Invalid) as refused:
        await moved(cast, GIVEN, first, last)

    assert [each.pointer for each in refused.value.errors] == [pointer]


async def test_letters_are_given_by_supervisors_to_villages_and_not_beforehand(cast):
    with pytest.raises(Forbidden):
        await moved(cast, GIVEN, "GX-001", by=cast.assistant)
    with pytest.raises(Forbidden):
        await moved(cast, SIGNED, "GX-001", by=cast.auditor)
    with pytest.raises(Invalid):
        await moved(cast, GIVEN, "GX-001", village=TOWNSHIP)
    tomorrow = letters_of(GIVEN, "GX-001")
    with clock.stopped(clock.now() - timedelta(days=1)), pytest.raises(Invalid):
        await letters.issue_letters(new=tomorrow, by=cast.supervisor)


async def test_written_down_twice_it_is_there_once(cast):
    new = letters_of(GIVEN, "GX-001", "100", id=ids.uuid7())
    outcomes = [await letters.issue_letters(new=new, by=cast.supervisor) for _ in range(2)]

    assert [each.created for each in outcomes] == [True, False]
    assert (await lying(cast)).given_n == 100
    with pytest.raises(DifferentArguments):
        await moved(cast, GIVEN, "GX-001", "099", id=new.id)


def test_moves_are_replayed_only_for_the_letters_in_question():
    moves = [
        Move(GIVEN, serials("A-001", "100"), "v"),
        Move(GIVEN, serials("A-101", "200"), "v"),
        Move(SIGNED, serials("A-095", "105"), "v"),
    ]

    assert clash(moves[1:], serials("A-106", "110")) == []
    assert clash([*moves, Move(SIGNED, serials("A-104", "107"), "v")], serials("A-104", "107")) == [
        serials("A-104", "105")
    ]
    assert [str(each) for each in stock(moves)] == ["A-001 – A-094", "A-106 – A-200"]


async def test_over_http_nobody_the_wrong_shape_a_stranger_the_right_person_and_twice(cast):
    at = clock.now().isoformat()
    body = {
        "id": str(ids.uuid7()),
        "move": "given",
        "first": "GX-001",
        "last": "GX-100",
        "division_code": VILLAGE,
        "at": at,
    }
    async with client_of(letter_routes.router) as client:
        right, stranger = await signed_in(cast.supervisor), await signed_in(cast.stranger)
        assert (await client.post("/antifraud/letters", json=body)).status_code == 401
        assert (await client.post("/antifraud/letters", json=body | {"move": "x"}, headers=right)).status_code == 400
        assert (await client.post("/antifraud/letters", json=body, headers=stranger)).status_code == 403
        assert (await client.post("/antifraud/letters", json=body, headers=right)).status_code == 201
        assert (await client.post("/antifraud/letters", json=body, headers=right)).status_code == 200
        overlap = await client.post("/antifraud/letters", json=body | {"id": str(ids.uuid7())}, headers=right)
        assert (overlap.status_code, overlap.json()["letters"]) == (409, ["GX-001 – GX-100"])
        assert "GX-001 – GX-100" in overlap.json()["detail"]

        for path in ("/antifraud/letters", "/antifraud/letters/stock"):
            assert (await client.get(path)).status_code == 401
            assert (await client.get(path, headers=stranger)).status_code == 403
            assert len((await client.get(path, headers=right)).json()["items"]) == 1
        path = f"/antifraud/letters/{body['id']}/withdrawal"
        assert (await client.post(path)).status_code == 401
        assert (await client.post(path, headers=stranger)).status_code == 403
        assert [(await client.post(path, headers=right)).status_code for _ in range(2)] == [200, 200]


async def test_one_row_is_read_in_its_own_territory_only(cast):
    made = await moved(cast, GIVEN, "GX-001", "100")

    assert await letters.get_letters(letters_id=made.id, by=cast.auditor) == made
    with pytest.raises(LettersUnknown):
        await letters.get_letters(letters_id=made.id, by=await somebody(Role.SUPERVISOR, OTHER_COUNTY))
    with pytest.raises(Forbidden):
        await letters.get_letters(letters_id=made.id, by=cast.cadre)
