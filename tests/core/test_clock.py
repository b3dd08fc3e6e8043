from datetime import UTC, date, datetime, timedelta, timezone

from backend.core import clock


def test_now_is_aware_and_in_utc():
    assert clock.now().tzinfo is UTC


def test_a_stopped_clock_stands_at_the_same_moment_whatever_its_offset():
    with clock.stopped(datetime(2026, 5, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))):
        assert clock.now() == datetime(2026, 5, 1, 1, 30, tzinfo=UTC)
        assert clock.now().tzinfo is UTC


def test_a_stopped_clock_goes_on_afterwards_even_when_one_stop_lies_in_another():
    outer, inner = datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    with clock.stopped(outer):
        with clock.stopped(inner):
            assert clock.now() == inner
        assert clock.now() == outer
    assert clock.now() > outer


def test_the_day_in_shandong_begins_eight_hours_before_the_day_in_utc():
    with clock.stopped(datetime(2026, 4, 30, 15, 59, 59, tzinfo=UTC)):
        assert clock.today() == date(2026, 4, 30)
    with clock.stopped(datetime(2026, 4, 30, 16, 0, tzinfo=UTC)):
        assert clock.today() == date(2026, 5, 1)


def test_a_moment_is_read_out_in_shandong_time():
    assert clock.local(datetime(2026, 5, 1, 1, 30, tzinfo=UTC)).isoformat() == "2026-05-01T09:30:00+08:00"
