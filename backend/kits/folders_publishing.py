"""The kits that lie in folders here, ours and the county's, published when the program starts.

What cannot be published is told and logged, and the version before goes on.
"""

import structlog
from msgspec import Struct

from backend.core.refusals import Refusal
from backend.kits import queries
from backend.kits.kit_reading import digest_of
from backend.kits.mistakes import Mistake
from backend.kits.reading import KIT_TOML, Content, KitFolder, kit_folders, read

log = structlog.get_logger()


class Unpublished(Struct, frozen=True):
    """A folder that cannot be published, and why: a sentence each, in English."""

    kit_id: str
    why: list[str]


async def publish_folders() -> list[Unpublished]:
    """Publish what is new. Harmless when repeated, and by several nodes at once; one query where nothing is new."""
    wrong = [unpublished for folder in await _new() if (unpublished := await _published(*folder))]
    for each in wrong:
        log.error("kits.unpublished", kit=each.kit_id, mistakes=len(each.why), first=each.why[0])
    return wrong


async def unpublished_folders() -> list[Unpublished]:
    """What `publish_folders` would not publish; nothing is written."""
    return [unpublished for folder in await _new() if (unpublished := await _published(*folder, dry_run=True))]


async def _new() -> list[tuple[KitFolder, Content, list[Mistake]]]:
    """Folders whose content was never published. One without kit.toml is no kit: `lianxin kits check` tells of it."""
    known = await queries.digests()
    found = [(folder, *read(folder)) for folder in kit_folders() if KIT_TOML in folder.files]
    return [
        (folder, content, told)
        for folder, content, told in found
        if told or (folder.kit_id, digest_of(content)) not in known
    ]


async def _published(
    folder: KitFolder, content: Content, told: list[Mistake], dry_run: bool = False
) -> Unpublished | None:
    from backend.kits.checking import check  # pyxform and typst, which a start with nothing new does without
    from backend.kits.publishing import publish

    checked = check(folder.kit_id, content, told=told)
    if checked.mistakes:
        return Unpublished(folder.kit_id, [str(mistake) for mistake in checked.mistakes])
    try:
        await publish(checked=checked, origin=folder.origin, dry_run=dry_run)
    except Refusal as refusal:
        return Unpublished(folder.kit_id, [refusal.detail.format(**refusal.facts)])
    return None
