"""Campaigns on a terminal: `lianxin notices`."""

import asyncio
from collections.abc import Callable

from backend.push.campaign_schemas import CampaignSummary, ProviderStanding
from backend.push.campaigns import provider_standings, running_campaigns
from backend.push.states import Breaker

WIDTH = 30


async def tell(write: Callable[[str], None], *, follow: bool = False) -> None:
    """Write a line for each campaign that is not over and each provider left alone; again each second, if asked,
    until nothing runs.
    """
    while True:
        running = await running_campaigns()
        for campaign in running:
            write(line(campaign))
        for provider in await provider_standings():
            if provider.breaker is not Breaker.CLOSED:
                write(trouble(provider))
        if not running:
            write("No campaign is running.")
        if not (follow and running):
            return
        await asyncio.sleep(1)


def line(campaign: CampaignSummary) -> str:
    """One campaign: a bar, how many messages are out of our hands, and what became of them."""
    share = campaign.done / campaign.deliveries if campaign.deliveries else 0.0
    bar = ("#" * round(share * WIDTH)).ljust(WIDTH, ".")
    states = ", ".join(f"{n:,} {state}" for state, n in campaign.states.items())
    notice = campaign.notice
    return (
        f"[{bar}] {share:4.0%} {campaign.done:,} of {campaign.deliveries:,}  "
        f"{notice.title_zh} ({notice.campaign_state})  {states or 'not planned yet'}"
    )


def trouble(provider: ProviderStanding) -> str:
    """A provider that does not answer."""
    until = f" until {provider.until:%H:%M:%S} UTC" if provider.until else ""
    return f"{provider.provider} does not answer ({provider.failures} batches): left alone{until}."
