"""Days without a reported incident: honest about late reports, provisional where they may still come."""

from datetime import date, timedelta

from backend.antifraud.incident_days import Incident, longest_run, run_of_days

SINCE = date(2026, 1, 1)
TODAY = date(2026, 11, 22)


def incident(occurred_on: date, *, late_by: int = 0) -> Incident:
    return Incident(occurred_on, occurred_on + timedelta(days=late_by))


def test_a_county_without_an_incident_counts_from_the_first_day():
    run = run_of_days([], since=SINCE, until=TODAY)

    assert (run.began_on, run.days, run.broken_on, run.reports_n) == (SINCE, 326, None, 0)


def test_an_incident_of_today_leaves_no_day():
    run = run_of_days([incident(TODAY)], since=SINCE, until=TODAY)

    assert (run.days, run.settled_days, run.provisional_days) == (0, 0, 0)


def test_a_case_registered_late_breaks_the_run_on_the_day_it_happened():
    late = incident(date(2026, 11, 10), late_by=9)
    before = run_of_days([late], since=SINCE, until=date(2026, 11, 18))
    after = run_of_days([late], since=SINCE, until=date(2026, 11, 19))

    assert (before.days, before.reports_n) == (322, 0)
    assert (after.began_on, after.days, after.reports_n) == (date(2026, 11, 11), 9, 1)


def test_the_last_fourteen_days_are_provisional_and_never_more_than_the_run():
    long = run_of_days([incident(date(2026, 10, 1))], since=SINCE, until=TODAY)
    short = run_of_days([incident(date(2026, 11, 20))], since=SINCE, until=TODAY)

    assert (long.days, long.settled_days, long.provisional_days) == (52, 38, 14)
    assert (short.days, short.settled_days, short.provisional_days) == (2, 0, 2)


def test_what_happened_before_counting_began_or_after_the_day_is_not_told():
    run = run_of_days([incident(date(2025, 12, 31)), incident(date(2026, 11, 23))], since=SINCE, until=TODAY)

    assert (run.days, run.reports_n) == (326, 0)


def test_the_longest_run_is_found_among_all_and_corrects_itself():
    told = [incident(date(2026, 3, 1)), incident(date(2026, 8, 1))]
    assert longest_run(told, since=SINCE, until=TODAY).began_on == date(2026, 3, 2)

    corrected = [*told, incident(date(2026, 5, 1), late_by=150)]
    longest = longest_run(corrected, since=SINCE, until=TODAY)
    assert (longest.began_on, longest.days) == (date(2026, 8, 2), 113)


def test_one_day_between_two_incidents_is_a_run_of_one_day():
    told = [incident(date(2026, 11, 20)), incident(TODAY)]

    assert longest_run(told, since=date(2026, 11, 20), until=TODAY).days == 1
