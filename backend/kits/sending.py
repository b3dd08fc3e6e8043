"""A kit that an administrator sends in: unpacked, looked over and published, or only looked over."""

import asyncio

from backend.kits.checking import Checked, check
from backend.kits.publishing import publish
from backend.kits.schemas import Published
from backend.kits.unpacking import unpack
from backend.kits.words import KitOrigin
from backend.people.actors import Actor
from backend.people.tables import Role


async def publish_kit(*, content: bytes, by: Actor, dry_run: bool) -> Published:
    """`content` is a ZIP. Idempotent by what is in it.

    Raises Forbidden (403), ZipBroken (400), KitWrong (400) with every mistake, VersionTaken (409).
    """
    by.must_have(Role.ADMIN)
    checked = await asyncio.to_thread(_checked, content)
    return await publish(checked=checked, origin=KitOrigin.SENT, by=by, dry_run=dry_run)


def _checked(content: bytes) -> Checked:
    kit_id, files, told = unpack(content)
    return check(kit_id, files, told=told)
