"""Puts the demo's anti-fraud work in, in this order: what may be sent, warnings, rounds and letters, cases."""

from collections.abc import Mapping
from datetime import datetime

from backend.antifraud.library_approving import PUT_RIGHT_BY_THIS, approve_library_item
from backend.antifraud.library_lists import list_library
from backend.antifraud.library_schemas import NewLibraryApproval
from backend.core.database import fetch_row
from backend.people.actors import Actor
from seed import fraud_cases, fraud_warnings, made_id, outreach
from seed.cast import FRAUD_DESK, Member
from seed.households import NewHousehold

Cast = Mapping[Member, Actor]
NOT_APPROVED = ("game_trade_bulletin", "online_romance_story")
"""Two wait to be read."""


async def is_there() -> bool:
    """Whether it is in: a demo that was planted before gets it at its next start."""
    return await fetch_row("SELECT FROM antifraud_round WHERE id = $1", outreach.RUNNING) is not None


async def open_antifraud(cast: Cast, households: list[NewHousehold], morning: datetime) -> None:
    """All of it; what is in stays as it is."""
    await _approve(cast[FRAUD_DESK])
    await fraud_warnings.post_warnings(cast, morning.date())
    await outreach.go_round(cast, households, morning.date())
    await fraud_cases.register_all(cast, morning.date())


async def _approve(by: Actor) -> None:
    """The police's handler has read all but two. What a newer house says otherwise, or no longer, is for people."""
    for item in await list_library(all_of_it=True):
        lasting = {each.code for each in item.wrongs} - PUT_RIGHT_BY_THIS
        if item.name not in NOT_APPROVED and not lasting and item.approved_by is None:
            new = NewLibraryApproval(id=made_id(f"approval/{item.name}/{item.sha256}"), sha256=item.sha256)
            await approve_library_item(name=item.name, new=new, by=by)
