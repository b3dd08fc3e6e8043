"""Campaigns on a terminal."""

from backend.core import ids
from backend.people.tables import Role
from backend.push import campaigns
from backend.push.provider import Category
from backend.push.schemas import NewNotice
from backend.push.telling import tell
from tests.cast import COUNTY


async def test_a_running_campaign_has_a_bar_and_a_silent_provider_a_line(cast, ways, phone, work, noon):
    said: list[str] = []
    await tell(said.append, follow=True)
    assert said == ["No campaign is running."]

    for number in range(4):
        await phone(cast.cadre, f"token-{number}")
    await phone(cast.assistant, "token-h", kind="hms_token")
    ways.hms.down, ways.hms.retry_after_s = True, 0.0
    new = NewNotice(
        division_codes=[COUNTY], category=Category.EMERGENCY, title_zh="防汛", text_zh="。",
        roles=[Role.CADRE, Role.ASSISTANT],
    )  # fmt: skip
    await campaigns.send_notice(id=ids.uuid7(), new=new, by=cast.supervisor)
    await work()
    for _ in range(3):
        await work(late=True)
    said.clear()
    await tell(said.append)

    assert said[0].startswith("[########################......]  80% 4 of 5  防汛 (running)")
    assert "4 accepted" in said[0]
    assert said[1].startswith("hms does not answer (")
