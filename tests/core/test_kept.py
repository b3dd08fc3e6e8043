"""Reference data is read once a minute, and counts between its dates."""

from datetime import date

from msgspec import Struct

from backend.core import kept
from backend.core.kept import Kept, dated


class Named(Struct, frozen=True):
    code: str


async def test_it_is_read_once_until_a_minute_is_over_or_it_is_forgotten(monkeypatch):
    times, now = [], [1000.0]
    monkeypatch.setattr(kept.time, "monotonic", lambda: now[0])

    async def read():
        times.append(now[0])
        return len(times)

    held = Kept(read)
    assert [await held.get(), await held.get()] == [1, 1]
    now[0] += kept.KEPT_S
    assert await held.get() == 1
    now[0] += 0.1
    assert await held.get() == 2
    held.forget()
    assert await held.get() == 3
    assert [await held.anew(), await held.get()] == [4, 4]


def test_a_row_counts_from_its_first_day_to_its_last():
    ends = {"code": "a", "valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 31)}
    [one, open_] = dated(Named, [ends, {**ends, "valid_to": None}])
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1)]
    assert [one.counts_on(day) for day in days] == [False, True, True, False]
    assert open_.counts_on(date(2040, 1, 1))
    assert one.record == Named("a")
