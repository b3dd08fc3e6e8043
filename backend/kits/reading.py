"""Kits as folders: ours, and a county's lying over them file by file."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from backend.core.settings import settings
from backend.kits.file_kinds import ALL, MOST_FILES, kind_of, most_bytes, patterns
from backend.kits.mistakes import Mistake, _
from backend.kits.words import KitOrigin

SHIPPED = Path(__file__).parents[2] / "field_kits"
KIT_TOML, README = "kit.toml", "README.md"

_NAME = re.compile(r"[\w.-]{1,80}")

Content = Mapping[str, bytes]
"""The files of a kit by their path below its folder, such as `cards/armyworm.md`."""


class KitFolder(Struct, frozen=True):
    """Where the files of one kit lie, by their path below its folder."""

    kit_id: str
    origin: KitOrigin
    files: Mapping[str, Path]


def kit_folders(shipped: Path = SHIPPED) -> list[KitFolder]:
    """Every kit of ours, the county's files over them (setting `kits_dir`), and the county's own kits."""
    county = Path(chosen) if (chosen := settings().kits_dir) else None
    ours, theirs = _below(shipped), _below(county) if county else {}
    return [_laid_over(kit_id, ours.get(kit_id, {}), theirs.get(kit_id, {})) for kit_id in sorted({*ours, *theirs})]


def one_folder(folder: Path) -> list[KitFolder]:
    """The kits of a folder that somebody names: one kit, or a folder of kits; nothing lies over them."""
    files = _files(folder)
    one = any(kind_of(path) for path in files if path != README)
    found = {folder.resolve().name: files} if one else _below(folder)
    return [KitFolder(kit_id, KitOrigin.SENT, files) for kit_id, files in sorted(found.items())]


def _laid_over(kit_id: str, ours: Mapping[str, Path], theirs: Mapping[str, Path]) -> KitFolder:
    origin = KitOrigin.COUNTY if any(kind_of(path) for path in theirs) else KitOrigin.SHIPPED
    return KitFolder(kit_id, origin, {**ours, **theirs})


def _below(folder: Path) -> dict[str, dict[str, Path]]:
    """Folders with anything in them. One that has no kit.toml is told of when it is read."""
    found = {each.name: _files(each) for each in folder.iterdir() if each.is_dir()} if folder.is_dir() else {}
    return {name: files for name, files in found.items() if files and not is_litter(name)}


def _files(folder: Path) -> dict[str, Path]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir())
    below = ((path.relative_to(folder), path) for path in paths)
    return {each.as_posix(): path for each, path in below if not any(is_litter(part) for part in each.parts)}


def is_litter(name: str) -> bool:
    """What editors and systems leave behind: hidden files, and the lock of an open spreadsheet."""
    return name.startswith((".", "~$", "__")) or name in ("Thumbs.db", "desktop.ini")


def read(folder: KitFolder) -> tuple[Content, list[Mistake]]:
    """The files that a kit may hold, and what is wrong with the others; nothing larger than it may be is read."""
    sizes = {path: file.lstat().st_size for path, file in folder.files.items()}
    mistakes = [
        *(_wrong(folder.kit_id, path, _("It is a link. Put the file itself there.")) for path in _links(folder)),
        *of_sizes(folder.kit_id, sizes),
    ]
    wrong = {mistake.file for mistake in mistakes}
    if folder.kit_id in wrong:  # too much of it altogether
        return {}, mistakes
    fine = {path: file for path, file in folder.files.items() if f"{folder.kit_id}/{path}" not in wrong}
    return {path: file.read_bytes() for path, file in fine.items()}, mistakes


def _links(folder: KitFolder) -> list[str]:
    return [path for path, file in folder.files.items() if file.is_symlink()]


def of_sizes(kit_id: str, sizes: Mapping[str, int]) -> Iterator[Mistake]:
    """What can be told from names and sizes alone."""
    if KIT_TOML not in sizes:
        yield _wrong(kit_id, KIT_TOML, _("It is missing: a kit needs it."))
    if len(sizes) > MOST_FILES:
        yield Mistake(kit_id, None, _("It has {files} files; at most {limit} are taken."), _n(len(sizes), MOST_FILES))
    if sum(sizes.values()) > most_bytes():
        facts = {"kilobytes": sum(sizes.values()) // 1024, "limit": most_bytes() // 1024}
        yield Mistake(kit_id, None, _("It has {kilobytes} KB; at most {limit} KB are taken."), facts)
    for path, size in sizes.items():
        kind = kind_of(path)
        if kind is None or path == ALL:
            yield _wrong(kit_id, path, _("A kit holds no such file. It holds: {patterns}."), patterns=patterns())
        elif not _NAME.fullmatch(path.rpartition("/")[2]):
            yield _wrong(kit_id, path, _("A file's name has letters, digits and _ - . only, at most 80."))
        elif size > kind.most_bytes:
            says = _("It has {kilobytes} KB; at most {limit} KB are taken.")
            yield _wrong(kit_id, path, says, kilobytes=-(-size // 1024), limit=kind.most_bytes // 1024)


def _n(files: int, limit: int) -> dict[str, object]:
    return {"files": files, "limit": limit}


def _wrong(kit_id: str, path: str, says: str, **facts: object) -> Mistake:
    return Mistake(f"{kit_id}/{path}", None, says, facts)
