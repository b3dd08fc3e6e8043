"""How the clinic does: counted once, by division and month; and what of it may be hung up in the village."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import Forbidden, Invalid
from backend.diagnosis.answer_tables import Outcome
from backend.diagnosis.figure_rules import rows_told, whole_told
from backend.diagnosis.figures import diagnosis_figures
from backend.diagnosis.tables import Question
from backend.territory.queries import DivisionUnknown
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, TOWNSHIP, VILLAGE
from tests.diagnosis.sick_fields import NOON, Fields

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
async def fields(cast):
    return await Fields.make(cast)


async def counted(by, **asked):
    with clock.stopped(NOON + 30 * DAY):
        return await diagnosis_figures(by=by, **asked)


async def question(request_id, *, by: UUID | None, at=NOON):
    await Question.insert(
        Question(id=ids.uuid7(at), request=request_id, asked_by=by, asked_at=at, words="?", wants_photo=by is None)
    )
    await fetch("UPDATE diagnosis_question SET answered_at = $2 WHERE request = $1", request_id, at)


async def outcome(request_id, result, *, yuan=None, at=NOON + 7 * DAY):
    await Outcome.insert(
        Outcome(id=ids.uuid7(at), request=request_id, at=at, result=result, value_saved_yuan=yuan, arguments_digest=b"")
    )


async def offered(fields, request_id, ending):
    await fetch(
        "INSERT INTO diagnosis_offer (id, request, expert, offered_at, ended_at, ending) "
        "VALUES ($1, $2, $3, $4, $4, $5)",
        *(ids.uuid7(), request_id, fields.cast.expert.person_id, NOON, ending),
    )


async def test_requests_are_counted_by_where_they_stand(fields):
    await fields.asked()
    await fields.asked(state="pooled")
    await fields.sick()
    total = (await counted(fields.cast.supervisor)).total
    assert total.requests == 3
    assert {state: n for state, n in total.by_state.items() if n} == {"routing": 1, "pooled": 1, "answered": 1}


async def test_how_soon_is_told_as_half_and_nine_in_ten(fields):
    for hours in range(1, 12):
        request_id = await fields.asked(at=NOON)
        await fields.answered(request_id, at=NOON + hours * HOUR)
        await fetch("UPDATE diagnosis_request SET told_at = $2 WHERE id = $1", request_id, NOON + (hours + 1) * HOUR)
    await question(request_id, by=fields.cast.expert.person_id, at=NOON + HOUR)
    await fields.asked(at=NOON)

    total = (await counted(fields.cast.supervisor)).total
    assert (total.answer.n, total.answer.median_minutes, total.answer.p90_minutes) == (11, 360, 600)
    assert (total.told.n, total.told.median_minutes) == (11, 420)
    assert (total.first_word.n, total.first_word.median_minutes, total.first_word.p90_minutes) == (11, 300, 540)


async def test_a_correction_and_a_second_opinion_are_not_the_first_answer(fields):
    request_id = await fields.asked(at=NOON)
    await fields.answered(request_id, at=NOON + HOUR / 2, kind="second")
    await fields.answered(request_id, at=NOON + HOUR)
    await fields.corrected(request_id, None, at=NOON + 9 * HOUR)
    assert (await counted(fields.cast.supervisor)).total.answer.median_minutes == 60


async def test_better_photos_lapsed_offers_help_and_outcomes_are_shares_of_what_they_are_of(fields):
    requests = [await fields.sick() for _ in range(4)]
    await question(requests[0], by=None)
    await question(requests[1], by=fields.cast.expert.person_id)
    for request_id, ending in zip(requests, ("lapsed", "claimed", "claimed", "declined"), strict=True):
        await offered(fields, request_id, ending)
    for request_id, said in zip(requests, ("satisfied", "satisfied", "dissatisfied", "unreachable"), strict=True):
        await fetch("UPDATE cases_case SET satisfaction = $2 WHERE id = $1", request_id, said)
    await outcome(requests[0], "same", yuan=900, at=NOON + 6 * DAY)
    await outcome(requests[0], "better", yuan=1000)
    await outcome(requests[1], "worse")
    await outcome(requests[2], "better", yuan=250.5)

    total = (await counted(fields.cast.supervisor)).total
    assert (total.better_photo.n, total.better_photo.of) == (1, 4)
    assert (total.lapsed_offers.n, total.lapsed_offers.of) == (1, 4)
    assert (total.helped.n, total.helped.of, total.helped.share) == (2, 3, 0.6667)
    assert total.outcomes == {"better": 2, "same": 0, "worse": 1}  # what was said last counts
    assert (total.declared.value_saved_yuan, total.declared.n, total.declared.declared) == (1250.5, 2, True)


async def test_by_division_and_by_month_on_shandongs_calendar(fields):
    midnight = datetime(2026, 7, 31, 16, tzinfo=UTC)
    await fields.asked(at=midnight - timedelta(seconds=1))
    await fields.asked(at=midnight)
    await fields.asked(at=midnight, division_code=NEXT_VILLAGE)
    found = await counted(fields.cast.supervisor)
    assert [(each.month, each.figures.requests) for each in found.by_month] == [("2026-07", 1), ("2026-08", 2)]
    assert [(each.division.code, each.figures.requests) for each in found.by_division] == [(TOWNSHIP, 3)]

    villages = (await counted(fields.cast.supervisor, division_code=TOWNSHIP)).by_division
    assert {each.division.code: each.figures.requests for each in villages} == {VILLAGE: 2, NEXT_VILLAGE: 1}


async def test_a_span_begins_with_its_first_moment_and_ends_before_its_last(fields):
    await fields.asked(at=NOON)
    await fields.asked(at=NOON + DAY)
    by = fields.cast.supervisor
    assert (await counted(by, counted_from=NOON, counted_to=NOON + DAY)).total.requests == 1
    assert (await counted(by)).total.requests == 2
    with pytest.raises(Invalid):
        await counted(by, counted_from=NOON, counted_to=NOON)


async def test_with_nothing_asked_there_is_nothing_to_divide_by(fields):
    total = (await counted(fields.cast.supervisor)).total
    assert (total.requests, total.helped.share, total.answer.median_minutes, total.declared.n) == (0, None, None, 0)


async def test_it_is_for_those_who_oversee_and_of_their_territory(fields):
    await fields.asked()
    cast = fields.cast
    for by in (cast.supervisor, cast.auditor, cast.admin):
        assert (await counted(by)).total.requests == 1
        assert (await counted(by, division_code=OTHER_COUNTY)).total.requests == 0
    for by in (cast.expert, cast.cadre, cast.operator, cast.stranger):
        with pytest.raises(Forbidden):
            await counted(by)
    with pytest.raises(DivisionUnknown):
        await counted(cast.supervisor, division_code="371599000000")


async def test_in_public_nothing_is_said_of_fewer_than_five(fields):
    for _ in range(6):
        await fields.sick()
    await fields.sick(division_code=NEXT_VILLAGE)
    found = await counted(fields.cast.supervisor, division_code=TOWNSHIP, for_public=True)
    assert (found.least, found.total.requests, found.total.by_state["answered"]) == (5, 7, 7)
    assert found.total.answer.median_minutes == 60
    # one village alone left out would be the sum without the other
    assert [each.figures.requests for each in found.by_division] == [None, None]
    assert [each.figures.by_state for each in found.by_division] == [{}, {}]
    assert [each.figures.answer.n for each in found.by_division] == [None, None]

    with_few = await counted(fields.cast.supervisor, division_code=NEXT_VILLAGE, for_public=True)
    assert (with_few.total.requests, with_few.total.answer.n, with_few.by_month[0].figures.requests) == (
        None,
        None,
        None,
    )


async def test_in_public_a_share_of_few_and_a_sum_that_is_one_mans_are_left_out(fields):
    requests = [await fields.sick() for _ in range(12)]
    for n, request_id in enumerate(requests):
        said = "satisfied" if n else "dissatisfied"
        await fetch("UPDATE cases_case SET satisfaction = $2 WHERE id = $1", request_id, said)
        await outcome(request_id, "better", yuan=100 if n else 100_000)
    total = (await counted(fields.cast.supervisor, for_public=True)).total
    assert total.helped.share is None  # one of twelve was not helped: he is known
    assert total.declared.value_saved_yuan is None

    await fetch("UPDATE diagnosis_outcome SET value_saved_yuan = 150 WHERE value_saved_yuan > 1000")
    total = (await counted(fields.cast.supervisor, for_public=True)).total
    assert (total.declared.value_saved_yuan, total.declared.n) == (1250, 12)


async def test_what_is_left_out_of_the_parts_is_in_no_part(fields):
    for _ in range(10):
        await fields.sick()
    whole = (await counted(fields.cast.supervisor)).total
    [part] = rows_told([whole], least=5)
    assert (part.requests, part.answer.n) == (10, 10)
    assert (part.by_state, part.outcomes, part.helped.of, part.declared.n, part.told.n) == ({}, {}, None, None, None)
    assert whole_told(whole, largest_value=None, least=11).requests is None


async def test_the_parts_add_up_to_the_whole(fields):
    for _ in range(3):
        await fields.sick()
    found = await counted(fields.cast.auditor, division_code=COUNTY)
    assert sum(each.figures.requests for each in found.by_division) == found.total.requests == 3
    assert sum(each.figures.requests for each in found.by_month) == 3
