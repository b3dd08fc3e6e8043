"""A kit sent as a ZIP, opened with care: nothing is written to disk, nothing larger than it may be is unpacked."""

import stat
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from backend.kits.file_kinds import MOST_FILES
from backend.kits.mistakes import Mistake
from backend.kits.reading import KIT_TOML, Content, is_litter, of_sizes
from backend.kits.refusals import ZipBroken
from backend.kits.toml_lines import TomlBroken, read_toml

READABLE = (0, 8)  # stored and deflated


def unpack(content: bytes) -> tuple[str, Content, list[Mistake]]:
    """The kit's id, its files by path, and what is wrong with some of them.

    The ZIP holds one folder called as the kit, or its files at the top. Raises ZipBroken (400).
    """
    try:
        with ZipFile(BytesIO(content)) as sent:
            entries = {entry.filename: entry for entry in _sensible(sent.infolist())}
            top = _top_folder(list(entries))
            below = {name.removeprefix(top): entry for name, entry in entries.items()}
            kit_id = top.rstrip("/") or _said_id(sent, below.get(KIT_TOML))
            mistakes = list(of_sizes(kit_id, {path: entry.file_size for path, entry in below.items()}))
            wrong = {mistake.file for mistake in mistakes}
            fine = {path: entry for path, entry in below.items() if f"{kit_id}/{path}" not in wrong}
            if kit_id in wrong:  # too much of it altogether
                return kit_id, {}, mistakes
            return kit_id, {path: _read(sent, entry) for path, entry in fine.items()}, mistakes
    except (BadZipFile, EOFError, OSError, RuntimeError, ValueError, NotImplementedError) as error:
        raise ZipBroken("It is no ZIP, or it is damaged or locked with a password.") from error


def _sensible(entries: list[ZipInfo]) -> Iterator[ZipInfo]:
    if len(entries) > 2 * MOST_FILES:
        raise ZipBroken("It holds {files} files; at most {limit} are taken.", files=len(entries), limit=MOST_FILES)
    seen: set[str] = set()
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename:
            raise ZipBroken("It holds a file outside its own folder.")
        if stat.S_ISLNK(entry.external_attr >> 16) or entry.flag_bits & 1 or entry.compress_type not in READABLE:
            raise ZipBroken("It holds a link, a locked file, or one packed in an unusual way.")
        if entry.filename in seen:
            raise ZipBroken("It holds a file twice: {name}.", name=entry.filename[:100])
        seen.add(entry.filename)
        if not entry.is_dir() and not any(is_litter(part) for part in path.parts):
            yield entry


def _top_folder(names: list[str]) -> str:
    """`visit/` where everything lies in one folder and kit.toml right below it."""
    tops = {name.split("/", 1)[0] for name in names}
    [top, *others] = sorted(tops) or [""]
    return f"{top}/" if not others and f"{top}/{KIT_TOML}" in names else ""


def _said_id(sent: ZipFile, entry: ZipInfo | None) -> str:
    """What kit.toml calls the kit; `kit` while it cannot be read, which is told later."""
    if entry is None or entry.file_size > 65536:
        return "kit"
    try:
        said = read_toml(_read(sent, entry)).get("id")
    except TomlBroken:
        return "kit"
    return said if isinstance(said, str) and said.isidentifier() else "kit"


def _read(sent: ZipFile, entry: ZipInfo) -> bytes:
    """As many bytes as the entry says, and no more: what it unpacks to may be a lie."""
    with sent.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise ZipBroken("It is no ZIP, or it is damaged or locked with a password.")
    return content
