"""What this room drops by itself: lines that no cursor asks for, views of phones that stay away."""

from datetime import timedelta

from backend.core import clock
from backend.core.database import fetch
from backend.sync import forgetting
from tests.sync.phones import Phone
from tests.tasks.requests import asked


async def test_lines_go_after_days_and_views_after_months_and_no_phone_is_told_less_for_it(cast):
    phone = Phone(cast.cadre)
    first = await asked(assignee_id=cast.cadre.person_id)
    await phone.pull()
    second = await asked(assignee_id=cast.cadre.person_id)
    with clock.stopped(clock.now() + timedelta(days=2)):
        await forgetting.forget()
        assert await fetch("SELECT id FROM sync_change") != []
    with clock.stopped(clock.now() + timedelta(days=4)):
        await forgetting.forget()
        assert await fetch("SELECT id FROM sync_change") == []
        assert await fetch("SELECT id FROM sync_view") != []
        [page] = await phone.pull()

    assert not page.reset
    assert set(phone.of("tasks")) == {str(first.id), str(second.id)}


async def test_a_phone_that_stayed_away_for_too_long_starts_anew(cast):
    phone = Phone(cast.cadre)
    task = await asked(assignee_id=cast.cadre.person_id)
    await phone.pull()
    with clock.stopped(clock.now() + timedelta(days=91)):
        await forgetting.forget()
        assert await fetch("SELECT id FROM sync_view") == []
        [page] = await phone.pull()

    assert page.reset
    assert set(phone.of("tasks")) == {str(task.id)}
