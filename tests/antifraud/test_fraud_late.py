"""What a case that is registered late does to the run of days, and to whom it is told."""

import doctest
from datetime import date

import pytest

from backend.antifraud import fraud_cases, fraud_late
from backend.antifraud.fraud_case_schemas import FraudCaseWithdrawal, NewFraudCase
from backend.antifraud.fraud_figures import fraud_figures
from backend.antifraud.fraud_late import breaks, run_breaks
from backend.antifraud.incident_days import Incident, run_of_days
from backend.antifraud.outreach_refusals import NotYourPlace
from backend.core.refusals import Forbidden
from tests.cast import COUNTY, OTHER_COUNTY, TOWNSHIP

APRIL, LATE = date(2026, 4, 17), date(2026, 10, 2)


def case(occurred_on: date, registered_on: date) -> NewFraudCase:
    return NewFraudCase(
        occurred_on=occurred_on,
        registered_on=registered_on,
        fraud_type="fake_loan",
        loss_yuan=3000,
        division_code=COUNTY,
    )


def test_the_rules_own_examples_hold():
    assert doctest.testmod(fraud_late).failed == 0


def test_what_is_told_is_what_the_run_said_that_day_without_and_with_the_case():
    early, late = Incident(APRIL, APRIL), Incident(LATE, date(2026, 11, 3))
    span = {"since": APRIL, "until": late.registered_on}
    found = breaks([late, early])[-1]

    assert found.days_told == run_of_days([early], **span).days == 200
    assert found.days_left == run_of_days([early, late], **span).days == 32
    assert (found.late_days, found.after_settling) == (32, True)


def test_a_late_case_from_before_the_break_changes_nothing():
    assert [each.occurred_on for each in breaks([Incident(LATE, LATE), Incident(APRIL, date(2026, 11, 3))])] == [LATE]


def test_of_two_registered_on_one_day_the_later_incident_broke_it():
    told = [Incident(APRIL, APRIL), Incident(LATE, date(2026, 11, 3)), Incident(date(2026, 9, 1), date(2026, 11, 3))]
    assert [each.occurred_on for each in breaks(told)] == [APRIL, LATE]


async def test_a_registered_case_is_told_with_what_it_broke_and_a_withdrawn_one_is_not(cast):
    await fraud_cases.register_case(new=case(APRIL, APRIL), by=cast.supervisor)
    made = await fraud_cases.register_case(new=case(LATE, date(2026, 11, 3)), by=cast.supervisor)
    found = await run_breaks(division_code=COUNTY, by=cast.auditor)
    figures = await fraud_figures(division_code=COUNTY, by=cast.auditor)

    assert [(each.registered_on, each.days_told) for each in found] == [(APRIL, 1), (date(2026, 11, 3), 200)]
    assert figures.days_without is not None
    assert figures.days_without.broken_on == found[-1].occurred_on
    await fraud_cases.withdraw_case(
        case_id=made.record.id, why=FraudCaseWithdrawal(note="重复登记"), by=cast.supervisor
    )
    assert len(await run_breaks(division_code=COUNTY, by=cast.auditor)) == 1


async def test_of_a_township_nothing_is_told_and_to_strangers_nothing_at_all(cast):
    await fraud_cases.register_case(new=case(APRIL, APRIL), by=cast.supervisor)
    assert await run_breaks(division_code=TOWNSHIP, by=cast.supervisor) == []
    with pytest.raises(NotYourPlace):
        await run_breaks(division_code=OTHER_COUNTY, by=cast.supervisor)
    for who in (cast.cadre, cast.assistant, cast.handler):
        with pytest.raises(Forbidden):
            await run_breaks(division_code=COUNTY, by=who)
