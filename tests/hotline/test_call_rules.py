"""What posts make of a call does not depend on their order or number."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from backend.hotline.call_rules import CallEvent, Told, after
from backend.hotline.words import CallState

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)
POSTS = some.lists(
    some.tuples(
        some.sampled_from([CallEvent.RINGING, CallEvent.ENDED, CallEvent.MISSED]),
        some.integers(min_value=0, max_value=90).map(lambda seconds: TEN + timedelta(seconds=seconds)),
    ),
    max_size=5,
)
ANSWER = some.none() | some.integers(min_value=0, max_value=90).map(lambda s: TEN + timedelta(seconds=s))


def told(posts) -> Told:
    known = None
    for event, at in posts:
        known = after(known, event, at)
    return known


@settings(max_examples=300, deadline=None)
@given(posts=POSTS, answered=ANSWER, data=some.data())
def test_the_same_posts_in_any_order_and_repeated_make_the_same_call(posts, answered, data):
    sent = [*posts, *([(CallEvent.ANSWERED, answered)] if answered else [])]
    if not sent:
        return
    again = data.draw(some.lists(some.sampled_from(sent), max_size=4))

    assert told(data.draw(some.permutations([*sent, *again]))) == told(sent)


@settings(max_examples=200, deadline=None)
@given(posts=POSTS, answered=ANSWER)
def test_a_call_begins_first_ends_last_and_is_missed_only_if_nobody_answered(posts, answered):
    sent = [*posts, *([(CallEvent.ANSWERED, answered)] if answered else [])]
    if not sent:
        return
    call = told(sent)

    assert call.ended_at is None or call.ended_at >= (call.answered_at or call.began_at)
    assert not (call.state is CallState.MISSED and call.answered_at)
    assert (call.state in (CallState.ENDED, CallState.MISSED)) == (call.ended_at is not None)


def test_one_desk_may_miss_what_the_next_one_takes():
    posts = [(CallEvent.RINGING, 0), (CallEvent.MISSED, 20), (CallEvent.ANSWERED, 25), (CallEvent.ENDED, 95)]
    call = told([(event, TEN + timedelta(seconds=s)) for event, s in posts])

    assert (call.state, call.answered_at, call.ended_at) == (
        CallState.ENDED,
        TEN + timedelta(seconds=25),
        TEN + timedelta(seconds=95),
    )
