"""Bundles out of what was published, whole or with what changed since a version."""

import asyncio
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from backend.core.refusals import Unknown
from backend.kits import queries
from backend.kits.building import bundle_files, changed_since, form_path, paths_changed, zipped
from backend.kits.lists import carries, form_version
from backend.kits.refusals import KitUnknown
from backend.kits.schemas import KitTitle, Manifest
from backend.people.actors import Actor
from backend.people.tables import Role


class Bundle(Struct, frozen=True):
    """What a phone asks for. `mark` is the same as long as the bundle is the same."""

    now: Manifest
    then: Manifest | None
    mark: str


async def bundle_for(*, kit_id: str, since: str | None, by: Actor) -> Bundle:
    """The bundle of a kit that this person carries, before its files are read. An unknown `since` gives all of it.

    Raises KitUnknown (404).
    """
    row = await queries.newest_of(kit_id)
    if row is None or not (by.has(Role.ADMIN) or carries(row, by)):
        raise KitUnknown("You carry no kit {kit}.", kit=kit_id[:40])
    former = await queries.version_of(kit_id, since) if since else None
    now, then = _manifest(row), _manifest(former) if former else None
    mark = f"{row['digest'].hex()[:32]}{f'-{since}' if then else ''}"
    return Bundle(changed_since(now, then) if then else now, then, mark)


async def bundle_bytes(bundle: Bundle) -> bytes:
    """The ZIP."""
    wanted = paths_changed(bundle.now, bundle.then) if bundle.then else [file.path for file in bundle.now.files]
    row = await queries.version_of(bundle.now.kit_id, bundle.now.version)
    if row is None:
        raise Unknown
    made = {form_path(file.form): file.form for file in queries.files_of(row) if file.form}
    shas = {file.path: bytes.fromhex(file.sha256) for file in bundle.now.files if file.path not in made}
    held = await queries.contents([shas[path] for path in wanted if path in shas])
    content = {path: held[shas[path]] for path in wanted if path in shas}
    for path in made.keys() & set(wanted):
        form = await form_version(made[path].form_id, made[path].version)
        assert form is not None  # noqa: S101 - rows of forms are never deleted
        content[path] = form.xml
    return await asyncio.to_thread(zipped, bundle.now, content)


def _manifest(row: Mapping[str, Any]) -> Manifest:
    title = KitTitle(row["title_zh"], row["title_en"])
    return Manifest(row["kit_id"], row["version"], title, bundle_files(queries.files_of(row)))
