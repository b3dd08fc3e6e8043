"""Publishing a version of a kit: all of it or nothing, and the same content again is nothing new.

An earlier version stays as it is, and so do its forms: what phones still send of them is taken.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.database import transaction
from backend.core.ids import uuid7
from backend.kits import queries
from backend.kits.building import held_files
from backend.kits.checking import Checked
from backend.kits.forms import Form
from backend.kits.kit_reading import Kit
from backend.kits.lists import look_anew
from backend.kits.mappings import as_json
from backend.kits.refusals import VersionTaken, kit_wrong
from backend.kits.schemas import HeldFile, Published, PublishedForm
from backend.kits.words import FormState, KitOrigin, PublishOutcome
from backend.people.actors import Actor


@transaction
async def publish(*, checked: Checked, origin: KitOrigin, by: Actor | None = None, dry_run: bool = False) -> Published:
    """Publish what was checked; by nobody where the program does it at its start.

    Raises KitWrong (400), VersionTaken (409): the version is there with other content or was withdrawn, a newer one
    was sent before, or a form has changed and its version has not.
    """
    kit = checked.kit
    if kit is None or checked.mistakes:
        raise kit_wrong(checked.mistakes)
    await queries.lock_publishing()
    if await _is_there(kit, origin):
        return _published(kit, held_files(kit, checked.forms), PublishOutcome.DUPLICATE)
    standing = {path: await _standing(kit, path, form) for path, form in checked.forms.items()}
    files = held_files(kit, {path: standing[path] or form for path, form in checked.forms.items()})
    if dry_run:
        return _published(kit, files, PublishOutcome.CHECKED)
    await _write(kit, files, checked.forms, standing, _row(kit, files, origin, by))
    return _published(kit, files, PublishOutcome.STORED)


def _published(kit: Kit, files: list[HeldFile], outcome: PublishOutcome) -> Published:
    return Published(kit.kit_id, kit.version, outcome, [file.form for file in files if file.form])


async def _is_there(kit: Kit, origin: KitOrigin) -> bool:
    former = await queries.version_of(kit.kit_id, kit.version)
    if former is not None and former["withdrawn"]:
        raise VersionTaken(
            "Version {version} of kit {kit} was withdrawn. Raise the version in kit.toml.",
            kit=kit.kit_id,
            version=kit.version,
        )
    if former is not None and former["digest"] == kit.digest:
        return True
    if former is not None:
        raise VersionTaken(
            "Kit {kit} has a version {version} already, with other content. Raise the version in kit.toml.",
            kit=kit.kit_id,
            version=kit.version,
        )
    newest = await queries.newest_of(kit.kit_id)
    if newest is not None and origin is KitOrigin.SENT and newest["version"] > kit.version:
        raise VersionTaken(
            "Phones have version {newest} of kit {kit}, which is newer than {version}. Raise the version in kit.toml.",
            kit=kit.kit_id,
            version=kit.version,
            newest=newest["version"],
        )
    return False


async def _standing(kit: Kit, path: str, form: Form) -> PublishedForm | None:
    """The form as it stands where this version of it was published before. Raises VersionTaken (409)."""
    versions = await queries.versions_of_form(form.form_id)
    if any(row["kit_id"] != kit.kit_id for row in versions):
        raise VersionTaken(
            "Kit {other} has a form {form} already. Give yours another form_id.",
            other=next(row["kit_id"] for row in versions if row["kit_id"] != kit.kit_id),
            form=form.form_id,
        )
    row = next((row for row in versions if row["version"] == form.version), None)
    if row is None:
        return None
    if row["md5"] != form.md5 and not await _was_built_from(kit, path):
        raise VersionTaken(
            "Form {form} has a version {version} already, with other questions or words. Raise version in the sheet's "
            "settings.",
            form=form.form_id,
            version=form.version,
        )
    return (await queries.with_xml([row]))[0]


async def _was_built_from(kit: Kit, path: str) -> bool:
    """Whether a version of the kit holds the very same sheet: a newer pyxform may make other bytes of it."""
    digest = sha256(kit.content[path]).hexdigest()
    rows = [row for row in await queries.every_version() if row["kit_id"] == kit.kit_id]
    return any(file.sha256 == digest for row in rows for file in queries.files_of(row))


def _row(kit: Kit, files: list[HeldFile], origin: KitOrigin, by: Actor | None) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "kit_id": kit.kit_id,
        "version": kit.version,
        "origin": origin,
        "title_zh": kit.title_zh,
        "title_en": kit.title_en,
        "roles": kit.roles,
        "prefixes": kit.prefixes,
        "months": kit.months,
        "files": msgspec.json.encode(files).decode(),
        "digest": kit.digest,
        "published_at": clock.now(),
        "published_by": by.person_id if by else None,
        "withdrawn": False,
    }


async def _write(
    kit: Kit,
    files: list[HeldFile],
    forms: Mapping[str, Form],
    standing: Mapping[str, PublishedForm | None],
    row: Mapping[str, Any],
) -> None:
    await queries.insert_files((bytes.fromhex(file.sha256), kit.content[file.path]) for file in files)
    await queries.insert_version(row)
    for path, form in forms.items():
        mapping = as_json(kit.mappings[form.form_id])
        if former := standing[path]:
            await queries.set_mapping(former.id, row["id"], mapping)
        else:
            await queries.insert_form(_form_row(form, row["id"], mapping))
    look_anew()


def _form_row(form: Form, kit: UUID, mapping: str) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "form_id": form.form_id,
        "version": form.version,
        "kit": kit,
        "title": form.title,
        "xml": form.xml,
        "md5": form.md5,
        "mapping": mapping,
        "state": FormState.OPEN,
        "published_at": clock.now(),
    }
