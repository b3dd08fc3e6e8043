"""Warnings acted on where there is no signal: what was done counts from when it was done, if it still may."""

from datetime import timedelta

import pytest

from backend.antifraud import acting, purging, reading
from backend.antifraud.warning_schemas import WarningHandOver
from backend.antifraud.warning_words import HandedBecause, WarningOutcome
from backend.core import clock
from tests.antifraud.centre import AT_TWO, Centre
from tests.sync.batches import command, push
from tests.sync.offline import offline, refused, sent, twice

QUARTER = timedelta(minutes=15)


@pytest.fixture
async def centre(cast):
    made = await Centre.open(cast)
    with clock.stopped(AT_TWO):
        yield made


@pytest.fixture
async def warning(centre):
    return (await centre.typed()).id


async def told(warning, by):
    return await reading.get_warning(warning_id=warning, by=by, request_id="r-1")


def knocked(warning, **said):
    return command("recordAttempt", {"warning_id": str(warning), "how": "visit", "reached": True}, **said)


async def test_a_warning_is_taken_once(centre, warning):
    _, second = await twice(centre.assistant, "acknowledgeWarning", warning_id=warning)

    assert second.record.state == "acknowledged"


async def test_an_attempt_was_made_when_the_phone_says_so_and_is_one_however_often_it_is_sent(centre, warning):
    made = knocked(warning, captured_at=(AT_TWO + QUARTER).isoformat())
    with clock.stopped(AT_TWO + 2 * QUARTER):
        verdicts = [await sent(centre.assistant, made) for _ in range(2)]

    assert [each.outcome for each in verdicts] == ["stored", "duplicate"]
    (attempt,) = (await told(warning, centre.assistant)).attempts
    assert (attempt.id, attempt.at, attempt.recorded_at) == (verdicts[0].id, AT_TWO + QUARTER, AT_TWO + 2 * QUARTER)


async def test_nobody_tried_before_the_warning_came_whatever_his_phone_says(centre, warning):
    verdict = await sent(centre.assistant, knocked(warning, captured_at=(AT_TWO - QUARTER).isoformat()))

    assert verdict.outcome == "stored"
    assert (await told(warning, centre.assistant)).attempts[0].at == AT_TWO


async def test_a_warning_tells_when_it_was_taken_and_ended_and_its_clock_goes_by_when_that_came(centre, warning):
    taken = {"warning_id": str(warning)}
    done = [
        command("acknowledgeWarning", taken, captured_at=(AT_TWO + QUARTER).isoformat()),
        command("closeWarning", taken | {"outcome": "dissuaded"}, captured_at=(AT_TWO + 2 * QUARTER).isoformat()),
    ]
    with clock.stopped(AT_TWO + 4 * QUARTER):
        await push(centre.assistant, *done)

    one = (await told(warning, centre.assistant)).warning
    assert (one.acknowledge_done_at, one.acknowledged_at) == (AT_TWO + QUARTER, AT_TWO + 4 * QUARTER)
    assert (one.close_done_at, one.closed_at) == (AT_TWO + 2 * QUARTER, AT_TWO + 4 * QUARTER)


async def test_a_phone_whose_clock_runs_ahead_loses_no_attempt(centre, warning):
    verdict = await sent(centre.assistant, knocked(warning, captured_at=(AT_TWO + QUARTER).isoformat()))

    assert verdict.outcome == "stored"
    assert (await told(warning, centre.assistant)).attempts[0].at == AT_TWO


async def test_a_warning_ends_once_and_another_ending_is_refused(centre, warning):
    outcome, other = WarningOutcome.DISSUADED.value, WarningOutcome.MISTAKEN.value
    _, second = await twice(centre.assistant, "closeWarning", warning_id=warning, outcome=outcome)

    assert (second.record.state, second.record.outcome) == ("closed", outcome)
    code = await refused(centre.assistant, "closeWarning", warning_id=warning, outcome=other)
    assert code == "antifraud/warning-closed"


async def test_whoever_gave_it_away_meanwhile_may_tell_what_he_tried_and_neither_take_nor_end_it(centre, warning):
    said = WarningHandOver(from_number=1, because=HandedBecause.HANDED)
    await acting.hand_over_warning(warning_id=warning, said=said, by=centre.assistant)

    assert (await sent(centre.assistant, knocked(warning))).outcome == "stored"
    for verb, more in (("acknowledgeWarning", {}), ("closeWarning", {"outcome": WarningOutcome.DISSUADED.value})):
        assert await refused(centre.assistant, verb, warning_id=warning, **more) == "antifraud/not-your-warning"


async def test_nothing_is_added_to_a_warning_that_was_erased_meanwhile(centre, warning):
    made = knocked(warning)
    with clock.stopped(AT_TWO + timedelta(days=31)):
        await purging.destroy_keys()
        verdict = await sent(centre.assistant, made)
        ended = await offline(centre.assistant, "closeWarning", warning_id=warning, outcome="dissuaded")

    assert verdict.problem["code"] == "antifraud/warning-erased"
    assert ended.outcome == "stored", "how it ended says nothing of whom it was about"


async def test_to_a_stranger_there_is_no_warning(centre, warning):
    stranger = centre.cast.stranger
    for verb, more in (
        ("acknowledgeWarning", {}),
        ("recordAttempt", {"how": "call", "reached": False}),
        ("closeWarning", {"outcome": WarningOutcome.DISSUADED.value}),
    ):
        assert await refused(stranger, verb, warning_id=warning, **more) == "antifraud/warning-unknown"


async def test_handing_over_needs_a_signal(centre, warning):
    verdict = await offline(centre.assistant, "handOverWarning", warning_id=warning, from_number=1)

    assert verdict.problem["code"] == "sync/verb-unknown"
