"""Phone numbers and lock-outs, reckoned."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.core.refusals import Invalid
from backend.people import rules
from backend.people.policies import SIGN_IN_POLICIES, sign_in_policy

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
POLICY = sign_in_policy(date(2026, 5, 1))


@pytest.mark.parametrize(
    "written",
    ["19900000001", "199 0000 0001", "199-0000-0001", "+86 199 0000 0001", "008619900000001", "8619900000001",
     "(+86)199—0000—0001", "１９９００００００００１".replace("００００００００", "0000000")],
)  # fmt: skip
def test_one_phone_is_one_phone_however_it_is_written(written):
    assert rules.normal_phone(written) == "+8619900000001"


def test_a_landline_and_a_foreign_number_keep_their_area():
    assert rules.normal_phone("0635-3950001") == rules.normal_phone("+86 635 3950001") == "+866353950001"
    assert rules.normal_phone("+1 202 555 0100") == "+12025550100"


@pytest.mark.parametrize("written", ["", "12", "phone", "199\x0000000001", "1" * 40, "+", "٠١٢٣٤٥٦٧٨٩١"])
def test_what_is_no_phone_number_is_refused(written):
    with pytest.raises(Invalid):
        rules.normal_phone(written)


def test_the_fifth_failure_closes_the_door_for_15_minutes_and_each_further_one_for_twice_as_long():
    spans = [rules.lock_span(failures, POLICY) for failures in range(1, 9)]

    assert spans[:4] == [None] * 4
    assert spans[4:] == [timedelta(minutes=minutes) for minutes in (15, 30, 60, 120)]
    assert rules.lock_span(10_000, POLICY) == timedelta(hours=24)


def test_every_policy_says_where_its_numbers_come_from():
    assert all(policy.source for policy in SIGN_IN_POLICIES)


@pytest.mark.parametrize(
    ("seconds_later", "successor_used", "reissued"),
    [(0, False, True), (30, False, True), (31, False, False), (5, True, False)],
)
def test_a_used_refresh_token_is_answered_again_for_30_seconds_while_its_successor_is_unused(
    seconds_later, successor_used, reissued
):
    at = NOON + timedelta(seconds=seconds_later)
    assert rules.may_reissue(used_at=NOON, successor_used=successor_used, at=at, policy=POLICY) is reissued
