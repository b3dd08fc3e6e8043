"""What has to be measured again, as a pure plan."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.core import ids
from backend.laboratory.reference import inhibition_policies
from backend.laboratory.retest_policies import retest_policies, retest_policy
from backend.laboratory.retest_rules import Finding, Repeat, found_again, planned
from backend.laboratory.words import Method, RetestState

POLICY = retest_policy(date(2026, 5, 1))
NINE = datetime(2026, 5, 1, 1, tzinfo=UTC)
FILE = ids.uuid7()


def measured(word: str | None, *, minutes: int = 0, test: Method = Method.ENZYME_INHIBITION, **changed) -> Finding:
    given = {"id": ids.uuid7(), "test": test, "word": word, "at": NINE + timedelta(minutes=minutes), "line": 2}
    return Finding(**({"import_id": FILE} | given | changed))


def of(first: Finding, *states: RetestState) -> list[Repeat]:
    answered = [ids.uuid7() if state is not RetestState.OPEN else None for state in states]
    return [Repeat(of=first, number=i + 1, state=s, answered_by=answered[i]) for i, s in enumerate(states)]


def test_a_positive_opens_two_repeats_and_so_does_a_suspect() -> None:
    for word in ("positive", "suspect"):
        plan = planned([first := measured(word)], [], policy=POLICY)

        assert plan.opened == ((first, 2),)
        assert not plan.answered
        assert not plan.confirm


def test_nothing_opens_for_a_negative_an_invalid_and_a_row_that_says_nothing() -> None:
    for word in ("negative", "invalid", None):
        assert planned([measured(word)], [], policy=POLICY).opened == ()


def test_replicates_of_one_file_are_no_repeats_but_what_was_measured_later_is() -> None:
    first, replicate, later = measured("positive"), measured("positive", minutes=2), measured("negative", minutes=10)

    plan = planned([later, replicate, first], [], policy=POLICY)

    assert plan.opened == ((first, 2),)
    assert [(each.number, each.state, each.answered_by) for each in plan.answered] == [
        (1, RetestState.OVERTURNED, later.id)
    ]


def test_a_result_of_another_file_answers_the_next_repeat_unless_it_was_measured_before() -> None:
    first = measured("positive")
    waiting = of(first, RetestState.UPHELD, RetestState.OPEN)
    earlier = measured("negative", minutes=-30, import_id=ids.uuid7())
    next_one = measured("positive", import_id=ids.uuid7())

    assert planned([earlier], waiting, policy=POLICY).answered == ()
    assert planned([next_one], waiting, policy=POLICY).answered[0].number == 2


def test_an_invalid_answer_and_one_by_another_method_leave_a_repeat_open() -> None:
    waiting = of(measured("positive"), RetestState.OPEN)
    other_file = ids.uuid7()

    for answer in (
        measured("invalid", minutes=60, import_id=other_file),
        measured("negative", minutes=60, import_id=other_file, test=Method.STRIP),
    ):
        assert planned([answer], waiting, policy=POLICY).answered == ()


def test_a_finding_that_stays_needs_another_method_and_one_that_went_away_does_not() -> None:
    for last, confirmed in (("positive", True), ("suspect", True), ("negative", False)):
        first = measured("positive")
        waiting = of(first, RetestState.OVERTURNED, RetestState.OPEN)

        plan = planned([measured(last, import_id=ids.uuid7(), minutes=60)], waiting, policy=POLICY)

        assert (plan.confirm == (first,)) is confirmed


def test_one_repeat_is_not_enough_for_a_confirmation() -> None:
    waiting = of(measured("positive"), RetestState.OPEN, RetestState.OPEN)

    assert planned([measured("positive", import_id=ids.uuid7())], waiting, policy=POLICY).confirm == ()


def test_a_strip_that_finds_something_goes_to_a_laboratory_at_once_and_only_once() -> None:
    strips = [measured("positive", test=Method.STRIP), measured("positive", test=Method.STRIP, minutes=1)]

    assert len(planned(strips, [], policy=POLICY).confirm) == 1
    assert planned(strips, [], policy=POLICY, confirmed=True).confirm == ()
    assert planned(strips, [], policy=POLICY).opened == ()


@given(st.lists(st.sampled_from(["positive", "suspect", "negative", "invalid", None]), max_size=8))
def test_every_result_answers_at_most_one_repeat_and_opens_at_most_one_round(words: list[str | None]) -> None:
    plan = planned([measured(word, minutes=20 * i) for i, word in enumerate(words)], [], policy=POLICY)

    answers = [each.answered_by for each in plan.answered]
    assert len(answers) == len(set(answers))
    assert len(plan.opened) <= 1
    assert not {each.id for each, _ in plan.opened} & set(answers)


def test_a_repeat_of_a_clean_result_is_upheld_when_it_stays_clean() -> None:
    assert found_again("negative", "negative") is RetestState.UPHELD
    assert found_again("negative", "positive") is RetestState.OVERTURNED
    assert found_again("3", "3") is RetestState.UPHELD
    assert found_again("positive", None) is None


def test_judging_and_retesting_tell_the_same_hours_and_repeats() -> None:
    for policy in inhibition_policies():
        told = retest_policy(policy.valid_from)
        assert (policy.repeats_n, policy.objection_hours) == (told.repeats_n, told.objection_hours)
        assert policy.objection_days == told.objection_working_days


def test_every_policy_says_how_sure_we_are() -> None:
    assert all("[" in policy.source for policy in retest_policies())


def test_a_finding_that_turns_out_to_be_a_repeat_answers_one_and_its_own_repeats_fall_away() -> None:
    first, other = measured("positive"), measured("suspect", minutes=60, import_id=ids.uuid7())
    both = [*of(first, RetestState.OPEN, RetestState.OPEN), *of(other, RetestState.OPEN, RetestState.OPEN)]

    plan = planned([other], both, policy=POLICY)

    assert plan.moot == (other,)
    assert [(each.of, each.number, each.answered_by) for each in plan.answered] == [(first, 1, other.id)]
    assert plan.opened == ()


def test_a_positive_that_answers_a_repeat_of_a_clean_result_is_itself_repeated() -> None:
    clean = measured("negative")

    plan = planned([found := measured("positive", import_id=ids.uuid7())], of(clean, RetestState.OPEN), policy=POLICY)

    assert [each.state for each in plan.answered] == [RetestState.OVERTURNED]
    assert plan.opened == ((found, 2),)
    assert plan.confirm == ()
