"""The kits that one carries this month, and file by file what is read offline in them: the knowledge pack."""

from collections.abc import Mapping, Sequence

from backend.kits import lists, packs
from backend.kits.packs import PackFile
from backend.kits.schemas import KitRecord
from backend.sync.entities import Entity, Found, Reader, Records, carry
from backend.sync.kit_schemas import CarriedKit, CarriedKitFile
from backend.sync.words import EntityName, GoneWhy


async def _read_kits(reader: Reader) -> Records:
    return {kit.kit_id: Found(_carried(kit)) for kit in await lists.kits_for(reader.by)}


def _carried(kit: KitRecord) -> CarriedKit:
    return CarriedKit(
        id=kit.kit_id,
        version=kit.version,
        title=kit.title,
        sha256=kit.sha256,
        published_at=kit.published_at,
        forms=kit.forms,
        files={file.path: file.sha256 for file in kit.files},
    )


async def _why_kits_gone(reader: Reader, gone: Sequence[str]) -> Mapping[str, GoneWhy]:
    """Withdrawn or out of season, or for other roles and places than one's own."""
    offered = await packs.kits_offered(reader.day.month)
    return {id: GoneWhy.NOT_YOURS if id in offered else GoneWhy.ENDED for id in gone}


async def _read_files(reader: Reader) -> Records:
    """Without what is in them: that is read for those alone that are sent."""
    pack = await packs.pack_for(reader.by)
    return {f"{file.kit_id}/{file.path}": Found(file) for file in pack[: reader.policy.most_records]}


async def _with_texts(_: Reader, found: Mapping[str, PackFile]) -> Mapping[str, CarriedKitFile]:
    texts = await packs.texts_of(found.values())
    return {
        id: CarriedKitFile(id=id, kit_id=file.kit_id, path=file.path, sha256=file.sha256, text=texts[file.sha256])
        for id, file in found.items()
    }


async def _why_files_gone(reader: Reader, gone: Sequence[str]) -> Mapping[str, GoneWhy]:
    """As their kits; a file that its kit holds no more is no more."""
    carried = {kit.kit_id for kit in await lists.kits_for(reader.by)}
    let_go = {id: id.partition("/")[0] for id in gone if id.partition("/")[0] not in carried}
    whys = await _why_kits_gone(reader, sorted(set(let_go.values())))
    return {id: whys[kit_id] for id, kit_id in let_go.items()}


carry(Entity(name=EntityName.KITS, read=_read_kits, why_gone=_why_kits_gone))
carry(Entity(name=EntityName.KIT_FILES, read=_read_files, why_gone=_why_files_gone, finished=_with_texts))
