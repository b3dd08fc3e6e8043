"""Whether a post is one of ours: signed under its system's secret, of these minutes, each message id for one thing."""

from uuid import UUID

from backend.core import clock, ids, post_signatures
from backend.core.database import fetch, fetch_row
from backend.core.jobs import schedule
from backend.core.post_signatures import PostHeaders
from backend.hotline import systems
from backend.hotline.call_policies import spans
from backend.hotline.call_refusals import LinePostNotSigned
from backend.hotline.systems import KnownSystem
from backend.hotline.words import SystemKind

_NO_SECRET = post_signatures.new_secret()
"""A system nobody knows is answered in the same time as a wrong signature."""


async def sender(system_id: UUID, *, kind: SystemKind, headers: PostHeaders, body: bytes) -> KnownSystem:
    """Whose post it is. Raises LinePostNotSigned (401)."""
    system = await systems.known(system_id, kind=kind)
    if not post_signatures.holds(headers, body, secret=system.secret if system else _NO_SECRET) or system is None:
        raise LinePostNotSigned("System or signature do not hold.", reason="signature_wrong")
    if not post_signatures.is_timely(headers, now=clock.now()):
        raise LinePostNotSigned(
            "The post was signed more than five minutes from our clock. Set the clock, sign it anew.",
            reason="not_timely",
            server_time=clock.now().isoformat(),
        )
    return system


async def came_before(system_id: UUID, message_id: str) -> bool:
    """Write down, in the caller's transaction, that a message came; whether it had come before."""
    made = await fetch_row(
        "INSERT INTO hotline_post (id, system, message_id, at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (system, message_id) DO NOTHING RETURNING id",
        *(ids.uuid7(), system_id, message_id, clock.now()),
    )
    return made is None


@schedule("hotline/forget-posts", "47 3 * * *")
async def forget_posts() -> None:
    """An old message cannot come again: its signature is of other minutes."""
    await fetch("DELETE FROM hotline_post WHERE at < $1", clock.now() - spans().keep_posts)
