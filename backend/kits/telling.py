"""Kits on a terminal: what is wrong with them, their bundles, and publishing them. In English, a line each."""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from backend.core.refusals import Refusal
from backend.kits.building import bundle_of
from backend.kits.checking import Checked, check
from backend.kits.form_validating import can_validate
from backend.kits.kit_reading import Kit
from backend.kits.publishing import publish
from backend.kits.reading import KitFolder, kit_folders, one_folder, read

Write = Callable[[str], object]

SUMS = "SHA256SUMS"


def folders(named: Path | None) -> list[KitFolder]:
    """Of a folder that somebody names; else ours with the county's over them."""
    return kit_folders() if named is None else one_folder(named)


def tell_checked(found: list[KitFolder], *, write: Write) -> list[Checked]:
    """Every mistake, then a line for each kit that has none."""
    validate = can_validate()
    if not validate:
        write("NO JAVA HERE: ODK Validate did not look at the forms.")
    looked = [(folder, _checked(folder, validate=validate)) for folder in found]
    for _, checked in looked:
        for mistake in checked.mistakes:
            write(str(mistake))
    for folder, checked in looked:
        if checked.kit and not checked.mistakes:
            forms = ", ".join(f"{form.form_id} {form.version}" for form in checked.forms.values())
            write(f"{folder.kit_id}  version {checked.kit.version}  no mistakes  (forms: {forms or 'none'})")
    return [checked for _, checked in looked]


def tell_built(found: list[KitFolder], *, to: Path, write: Write) -> bool:
    """A bundle for each kit and a file with their SHA-256, as sha256sum reads it; whether all could be built."""
    checked = [_checked(folder) for folder in found]
    wrong = [mistake for each in checked for mistake in each.mistakes]
    for mistake in wrong:
        write(str(mistake))
    if wrong:
        return False
    to.mkdir(parents=True, exist_ok=True)
    bundles = {_name(each.kit): bundle_of(each.kit, each.forms) for each in checked if each.kit}
    sums = {name: sha256(bundle).hexdigest() for name, bundle in bundles.items()}
    for name, bundle in bundles.items():
        (to / name).write_bytes(bundle)
        write(f"{sums[name]}  {to / name}  {len(bundle):,} bytes")
    (to / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()), encoding="utf-8")
    return True


async def tell_published(found: list[KitFolder], *, write: Write) -> bool:
    """Publish each, and say what became of it; whether all are published now."""
    told = [await _published(folder, write=write) for folder in found]
    return all(told)


async def _published(folder: KitFolder, *, write: Write) -> bool:
    checked = await asyncio.to_thread(_checked, folder)
    for mistake in checked.mistakes:
        write(str(mistake))
    if checked.mistakes:
        return False
    try:
        done = await publish(checked=checked, origin=folder.origin)
    except Refusal as refusal:
        write(f"{folder.kit_id}: {refusal.detail.format(**refusal.facts)}")
        return False
    write(f"{done.kit_id}  version {done.version}  {done.outcome}")
    return True


def _checked(folder: KitFolder, *, validate: bool = False) -> Checked:
    content, told = read(folder)
    return check(folder.kit_id, content, told=told, validate=validate)


def _name(kit: Kit) -> str:
    return f"{kit.kit_id}-{kit.version}.zip"
