"""Several readings of one analyte come to one finding, and how sure it is."""

import doctest

import pytest

from backend.laboratory import conclusions
from backend.laboratory.conclusions import MeasuredAgain, Standing, Taken, conclude
from backend.laboratory.words import RetestKind, RetestState, Verdict

POSITIVE, NEGATIVE, SUSPECT, INVALID = Verdict.POSITIVE, Verdict.NEGATIVE, Verdict.SUSPECT, Verdict.INVALID
REPEAT, CONFIRMATION = RetestKind.REPEAT, RetestKind.CONFIRMATION
OPEN, UPHELD, OVERTURNED = RetestState.OPEN, RetestState.UPHELD, RetestState.OVERTURNED


def taken(verdict, *states, kind=REPEAT):
    return Taken(verdict=verdict, again=tuple(MeasuredAgain(kind, state) for state in states))


@pytest.mark.parametrize(
    ("takes", "verdict", "standing"),
    [
        ([taken(NEGATIVE)], NEGATIVE, Standing.FOUND),
        ([taken(POSITIVE)], POSITIVE, Standing.FOUND),
        ([taken(POSITIVE, OPEN, OPEN)], POSITIVE, Standing.REPEATING),
        ([taken(POSITIVE, UPHELD, OPEN), taken(POSITIVE)], POSITIVE, Standing.REPEATING),
        ([taken(POSITIVE, OVERTURNED, OPEN), taken(NEGATIVE)], POSITIVE, Standing.REPEATING),
        ([taken(POSITIVE, UPHELD, UPHELD), taken(POSITIVE), taken(POSITIVE)], POSITIVE, Standing.REPEATED),
        ([taken(POSITIVE, UPHELD, OVERTURNED), taken(POSITIVE), taken(NEGATIVE)], POSITIVE, Standing.REPEATED),
        ([taken(POSITIVE, OVERTURNED, OVERTURNED), taken(NEGATIVE), taken(NEGATIVE)], NEGATIVE, Standing.CLEARED),
        ([taken(POSITIVE, OVERTURNED, OVERTURNED), taken(SUSPECT), taken(NEGATIVE)], SUSPECT, Standing.CLEARED),
        ([taken(POSITIVE, UPHELD, kind=CONFIRMATION)], POSITIVE, Standing.CONFIRMED),
        ([taken(POSITIVE, OVERTURNED, kind=CONFIRMATION)], POSITIVE, Standing.CLEARED),
        ([taken(INVALID), taken(NEGATIVE)], NEGATIVE, Standing.FOUND),
        ([taken(NEGATIVE), taken(INVALID)], NEGATIVE, Standing.FOUND),
        ([taken(INVALID), taken(INVALID)], INVALID, Standing.FOUND),
        ([taken(SUSPECT, OPEN, OPEN)], SUSPECT, Standing.REPEATING),
        ([taken(SUSPECT, UPHELD, OPEN), taken(POSITIVE)], POSITIVE, Standing.REPEATING),
        ([taken(SUSPECT, UPHELD, UPHELD), taken(POSITIVE), taken(POSITIVE)], POSITIVE, Standing.REPEATED),
        ([taken(NEGATIVE), taken(SUSPECT)], SUSPECT, Standing.FOUND),
        ([taken(NEGATIVE), taken(None)], None, Standing.FOUND),
    ],
)
def test_the_worst_that_was_not_overturned_counts_and_how_sure_it_is_is_said(takes, verdict, standing):
    found = conclude(takes)

    assert (found.counts.verdict, found.standing) == (verdict, standing)


def test_a_repeat_that_was_withdrawn_neither_holds_anything_up_nor_overturns():
    withdrawn = taken(POSITIVE, RetestState.WITHDRAWN, RetestState.WITHDRAWN)

    assert conclude([withdrawn]).standing is Standing.FOUND


def test_it_is_said_how_often_it_was_measured_how_often_it_was_high_and_how_often_it_is_measured_again():
    found = conclude([taken(INVALID), taken(POSITIVE, UPHELD, OPEN), taken(SUSPECT), taken(NEGATIVE)])

    assert (found.takes_n, found.high_n, found.repeats_open) == (3, 2, 1)


def test_of_two_soil_tests_the_newer_counts():
    old, new = Taken(grade=5), Taken(grade=3)

    assert conclude([old, new]).counts is new


def test_a_soil_test_that_could_not_be_graded_does_not_hide_one_that_was():
    graded = Taken(ph_class="acid")

    assert conclude([graded, Taken()]).counts is graded


def test_the_modules_own_examples_hold():
    assert doctest.testmod(conclusions).failed == 0
