"""How many people a notice would reach, asked before it is sent."""

from collections.abc import Sequence

from backend.people.actors import Actor
from backend.push import audience_queries as queries
from backend.push import group_queries, outlets
from backend.push.campaign_schemas import AudienceCount
from backend.push.campaigns import check_notice, prefixes_of
from backend.push.schemas import NewNotice


async def count_audience(*, new: NewNotice, by: Actor) -> AudienceCount:
    """Whom a notice would be for if it were sent now; nothing is written.

    Raises Forbidden, OtherTerritory (403), DivisionUnknown (404), NobodyAsked, NotPublic, Invalid (400).
    """
    prefixes = await prefixes_of(new.division_codes, by)
    check_notice(new)
    return await counted(new=new, prefixes=prefixes)


async def counted(*, new: NewNotice, prefixes: Sequence[str]) -> AudienceCount:
    """The same, whoever asks, under these prefixes of codes."""
    people = await queries.people_under(
        prefixes,
        roles=[role.value for role in new.roles],
        citizens=new.citizens,
        interests=new.interests,
        kinds=[kind.value for kind in outlets.serving()],
    )
    groups = await group_queries.groups_under(prefixes) if new.groups else []
    return AudienceCount(
        staff=people["staff"],
        citizens=people["citizens"],
        inbox_only=people["inbox_only"],
        groups=len(groups),
        group_people=sum(group["headcount"] for group in groups),
    )
