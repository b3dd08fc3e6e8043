"""Registered cases and what they come to: counts beside sums, days beside reports, and nothing about a house."""

from datetime import date, datetime, timedelta

import pytest

from backend.antifraud import coverages, fraud_cases, fraud_routes, letters, round_marks, rounds, talks
from backend.antifraud.fraud_case_schemas import FraudCaseWithdrawal, NewFraudCase
from backend.antifraud.fraud_figures import a_year_before, fraud_figures
from backend.antifraud.letter_schemas import NewLetters
from backend.antifraud.outreach_refusals import FraudCaseUnknown, NotYourPlace
from backend.antifraud.outreach_schemas import NewAppCoverage, NewPosters, NewTalk
from backend.antifraud.outreach_words import HouseholdMark, LetterMove
from backend.antifraud.round_schemas import NewHouseholdMark
from backend.core import clock, ids
from backend.core.clock import SHANGHAI
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.people import actions, sessions
from backend.people.tables import Role, UnitKind
from tests.antifraud.outreach import DAY, client_of, planned, signed_in, somebody
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, SINCE, TOWNSHIP, VILLAGE

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _noon():
    with clock.stopped(NOON):
        yield


def case(occurred_on=date(2026, 4, 17), registered_on=None, loss_yuan=10_000, **more):
    given = {"fraud_type": "brushing_rebates", "division_code": COUNTY} | more
    registered_on = registered_on or occurred_on + DAY
    return NewFraudCase(occurred_on=occurred_on, registered_on=registered_on, loss_yuan=loss_yuan, **given)


async def registered(cast, *told, **more):
    return (await fraud_cases.register_case(new=case(*told, **more), by=cast.supervisor)).record


async def told(cast, code=COUNTY, **span):
    return await fraud_figures(division_code=code, by=cast.auditor, **span)


async def test_cases_losses_and_loss_per_case_come_together_with_the_year_before(cast):
    for _ in range(4):
        await registered(cast, date(2025, 5, 1), loss_yuan=10_000)
    await registered(cast, date(2025, 12, 1), loss_yuan=99_000)  # after the span of the year before
    for loss in (20_000, 10_000.5):
        await registered(cast, date(2026, 5, 1), loss_yuan=loss)

    figures = await told(cast)

    assert (figures.since, figures.until) == (date(2026, 1, 1), TODAY)
    assert (figures.cases.cases_n, figures.cases.loss_yuan, figures.cases.loss_per_case_yuan) == (
        2,
        30_000.5,
        15_000.25,
    )
    assert (figures.year_before.cases_n, figures.year_before.loss_yuan) == (4, 40_000)
    changed = figures.year_on_year
    assert (changed.cases_pct, changed.loss_pct, changed.loss_per_case_pct) == (-50.0, -25.0, 50.0)


async def test_nothing_is_divided_by_a_year_without_cases(cast):
    await registered(cast)

    changed = (await told(cast)).year_on_year

    assert (changed.cases_pct, changed.loss_pct, changed.loss_per_case_pct) == (None, None, None)


async def test_of_a_type_with_few_cases_no_number_is_told(cast):
    for _ in range(6):
        await registered(cast)
    await registered(cast, fraud_type="fake_investment")

    numbers = {each.fraud_type: each.cases_n for each in (await told(cast)).cases.by_type}

    assert numbers["fake_investment"] is None
    assert numbers["brushing_rebates"] is None  # or the other would follow from the sum
    assert numbers["fake_shopping"] == 0


async def test_a_case_registered_late_breaks_the_run_of_days_on_the_right_day(cast):
    await registered(cast, date(2026, 4, 17))
    before = (await told(cast)).days_without
    assert (before.began_on, before.days, before.provisional_days, before.reports_n) == (date(2026, 4, 18), 219, 14, 1)

    late = await registered(cast, date(2026, 11, 12), TODAY)

    after = (await told(cast)).days_without
    assert (after.broken_on, after.days, after.reports_n) == (date(2026, 11, 12), 10, 2)
    assert (await told(cast, until=TODAY - DAY)).days_without.days == 218  # as it was known the day before
    await fraud_cases.withdraw_case(case_id=late.id, why=FraudCaseWithdrawal(note="重复登记"), by=cast.supervisor)
    assert (await told(cast)).days_without == before


async def test_without_any_report_the_days_say_since_when_they_are_counted(cast):
    without = (await told(cast)).days_without

    assert (without.counted_since, without.broken_on, without.reports_n) == (date(2026, 1, 1), None, 0)
    assert without.days == 326


async def test_of_a_township_and_of_a_village_nothing_of_cases_and_warnings_is_told(cast):
    await registered(cast, division_code=TOWNSHIP)

    for code in (TOWNSHIP, VILLAGE):
        figures = await told(cast, code)
        assert figures.cases is figures.year_before is figures.year_on_year is None
        assert figures.days_without is figures.warnings is None
    assert (await told(cast)).cases.cases_n == 1
    assert (await told(cast)).warnings.received == 0


async def test_a_case_at_a_village_is_refused_because_it_would_point_at_a_house(cast):
    with pytest.raises(Invalid) as refused:
        await registered(cast, division_code=VILLAGE)

    assert [each.pointer for each in refused.value.errors] == ["/division_code"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"registered_on": date(2026, 4, 16)},
        {"registered_on": TODAY + DAY},
        {"fraud_type": "nothing_known"},
        {"division_code": "371500000000"},
    ],
)
async def test_a_case_that_could_not_be_is_refused(cast, wrong):
    by = await somebody(Role.SUPERVISOR, "371500000000")

    with pytest.raises(Invalid):
        await fraud_cases.register_case(new=case(**wrong), by=by)


async def test_a_case_is_registered_by_supervisors_and_the_police_and_by_no_other_handler(cast):
    unit = await actions.open_unit(id=ids.uuid7(), name="县公安局反诈中心", kind=UnitKind.POLICE, division_code=COUNTY)
    person = await actions.open_account(id=ids.uuid7(), name="郭警官", phone="199 0000 0071")
    await actions.assign_role(
        person_id=person.id, role=Role.HANDLER, division_code=COUNTY, unit_id=unit.id, valid_from=SINCE
    )
    police = await sessions.actor(person_id=person.id)

    assert (await fraud_cases.register_case(new=case(), by=police)).created
    assert len((await fraud_cases.list_cases(by=police)).items) == 1
    for who in (cast.handler, cast.assistant, cast.auditor):
        with pytest.raises(Forbidden):
            await fraud_cases.register_case(new=case(), by=who)
    with pytest.raises(Forbidden):
        await fraud_cases.list_cases(by=cast.handler)


async def test_registered_twice_a_case_counts_once_and_withdrawn_not_at_all(cast):
    new = case(id=ids.uuid7())
    outcomes = [await fraud_cases.register_case(new=new, by=cast.supervisor) for _ in range(2)]
    assert [each.created for each in outcomes] == [True, False]
    with pytest.raises(DifferentArguments):
        await fraud_cases.register_case(new=case(id=new.id, loss_yuan=1), by=cast.supervisor)

    why = FraudCaseWithdrawal(note="重复登记")
    gone = [await fraud_cases.withdraw_case(case_id=new.id, why=why, by=cast.admin) for _ in range(2)]

    assert gone[0] == gone[1]
    assert gone[0].withdrawn_note == "重复登记"
    assert (await told(cast)).cases.cases_n == 0
    outsider = await somebody(Role.SUPERVISOR, OTHER_COUNTY)
    with pytest.raises(FraudCaseUnknown):
        await fraud_cases.withdraw_case(case_id=new.id, why=why, by=outsider)


async def test_cases_are_listed_by_the_days_on_which_they_were_registered(cast):
    for day in (date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1)):
        await registered(cast, day - DAY, day)

    listed = await fraud_cases.list_cases(by=cast.auditor, since=date(2026, 6, 1), until=date(2026, 8, 31))

    assert [each.registered_on for each in listed.items] == [date(2026, 6, 1)]


async def test_letters_talks_posters_doors_and_coverage_of_the_span_are_summed(cast):
    at = clock.now() - timedelta(minutes=1)
    for move, last in ((LetterMove.GIVEN, "100"), (LetterMove.SIGNED, "030")):
        new = NewLetters(move=move, first="GX-001", last=last, division_code=VILLAGE, at=at)
        await letters.issue_letters(new=new, by=cast.supervisor)
    for headcount in (80, 40):
        new_talk = NewTalk(division_code=NEXT_VILLAGE, place="大院", headcount=headcount, at=at)
        await talks.record_talk(new=new_talk, by=cast.assistant)
    for posters_n in (3, 4):
        new_posters = NewPosters(division_code=VILLAGE, place="村口", posters_n=posters_n, at=at)
        await talks.record_posters(new=new_posters, by=cast.assistant)
    counted = NewAppCoverage(division_code=VILLAGE, with_app_n=60, asked_n=80, on=TODAY, source="大会举手")
    await coverages.record_app_coverage(new=counted, by=cast.assistant)
    plan = await planned(cast)
    mark = NewHouseholdMark(household_id=cast.household, mark=HouseholdMark.VISITED, at=at)
    await round_marks.record_mark(round_id=plan.id, new=mark, by=cast.assistant)
    await rounds.close_round(round_id=plan.id, by=cast.supervisor)

    figures = await told(cast)

    assert (figures.letters.given_n, figures.letters.signed_n, figures.letters.stock_n) == (100, 30, 70)
    done = figures.outreach
    assert (done.talks_n, done.talks_headcount, done.posters_n, done.poster_places_n) == (2, 120, 7, 1)
    assert (done.rounds_closed_n, done.doors_visited_n) == (1, 1)
    app = figures.app
    assert (app.villages_n, app.villages_counted_n, app.with_app_n, app.asked_n, app.share) == (3, 1, 60, 80, 0.75)
    earlier = await told(cast, until=TODAY - DAY)
    assert (earlier.letters.given_n, earlier.outreach.talks_n, earlier.app.villages_counted_n) == (0, 0, 0)
    assert (await told(cast, VILLAGE)).outreach.talks_n == 0


async def test_figures_are_for_whoever_oversees_all_of_the_division(cast):
    for who in (cast.assistant, cast.handler, cast.cadre, cast.operator):
        with pytest.raises(Forbidden):
            await fraud_figures(division_code=COUNTY, by=who)
    of_township = await somebody(Role.SUPERVISOR, TOWNSHIP)
    with pytest.raises(NotYourPlace):
        await fraud_figures(division_code=COUNTY, by=of_township)


@pytest.mark.parametrize(
    "span",
    [{"until": TODAY + DAY}, {"since": TODAY, "until": TODAY - DAY}, {"since": date(2019, 1, 1)}],
)
async def test_a_span_that_could_not_be_is_refused(cast, span):
    with pytest.raises(Invalid):
        await told(cast, **span)


def test_the_day_a_year_before_a_leap_day_is_the_28th():
    assert a_year_before(date(2028, 2, 29)) == date(2027, 2, 28)
    assert a_year_before(date(2026, 11, 30)) == date(2025, 11, 30)


async def test_over_http_nobody_the_wrong_shape_a_stranger_the_right_person_and_twice(cast):
    body = {"id": str(ids.uuid7()), "occurred_on": "2026-04-17", "registered_on": "2026-04-18", "loss_yuan": 9800}
    body |= {"fraud_type": "brushing_rebates", "division_code": COUNTY}
    async with client_of(fraud_routes.router) as client:
        right, stranger = await signed_in(cast.supervisor), await signed_in(cast.stranger)
        assert (await client.post("/antifraud/cases", json=body)).status_code == 401
        assert (await client.post("/antifraud/cases", json=body | {"loss_yuan": -1}, headers=right)).status_code == 400
        assert (await client.post("/antifraud/cases", json=body, headers=stranger)).status_code == 403
        codes = [(await client.post("/antifraud/cases", json=body, headers=right)).status_code for _ in range(2)]
        assert codes == [201, 200]
        assert (await client.get("/antifraud/cases", headers=stranger)).status_code == 403
        assert len((await client.get("/antifraud/cases", headers=right)).json()["items"]) == 1

        path, asked = "/antifraud/figures", {"division_code": COUNTY}
        assert (await client.get(path, params=asked)).status_code == 401
        assert (await client.get(path, headers=right)).status_code == 400
        assert (await client.get(path, params=asked, headers=stranger)).status_code == 403
        shown = await client.get(path, params=asked, headers=right)
        assert (shown.status_code, shown.json()["cases"]["cases_n"]) == (200, 1)

        path = f"/antifraud/cases/{body['id']}/withdrawal"
        assert (await client.post(path, json={"note": "x"})).status_code == 401
        assert (await client.post(path, json={}, headers=right)).status_code == 400
        assert (await client.post(path, json={"note": "x"}, headers=stranger)).status_code == 403
        codes = [(await client.post(path, json={"note": "重复"}, headers=right)).status_code for _ in range(2)]
        assert codes == [200, 200]
