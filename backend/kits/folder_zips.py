"""A published version as a folder that somebody edits: its sheets and kit.toml as they were sent, in a ZIP.

The README goes to no phone and is not kept with a version: it comes from the folder here, or names the answers that
kit.toml reads, which must stay.
"""

import re
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from backend.core import clock
from backend.kits import queries
from backend.kits.building import LONG_AGO, PLAIN_FILE
from backend.kits.lists import form_version
from backend.kits.mappings import paths_of
from backend.kits.reading import KIT_TOML, README, Content, kit_folders
from backend.kits.refusals import KitUnknown, SheetOfNoForm
from backend.people.actors import Actor
from backend.people.tables import Role

FORMS = "forms/"
_VERSION = re.compile(rb'^(version\s*=\s*")([0-9]{10})(")', re.MULTILINE)
_COPY = re.compile(r"\s*\(\d+\)$")


async def folder_of(*, kit_id: str, version: str | None, by: Actor) -> dict[str, bytes]:
    """The files by path; where no version is said, of the one that phones get.

    Raises Forbidden (403), KitUnknown (404).
    """
    by.must_have(Role.ADMIN)
    row = await (queries.version_of(kit_id, version) if version else queries.newest_of(kit_id))
    if row is None:
        raise KitUnknown(
            "There is no kit {kit} with version {version}.", kit=kit_id[:40], version=(version or "?")[:20]
        )
    files = queries.files_of(row)
    held = await queries.contents([bytes.fromhex(file.sha256) for file in files])
    content = {file.path: held[bytes.fromhex(file.sha256)] for file in files}
    forms = [(file.form.form_id, file.form.version) for file in files if file.form]
    return {**content, README: _readme_here(kit_id) or await _readme_made(row["title_zh"], forms)}


def zip_of_folder(kit_id: str, content: Content) -> bytes:
    """In a folder called as the kit."""
    written = BytesIO()
    with ZipFile(written, "w") as packed:
        for path in sorted(content):
            entry = ZipInfo(f"{kit_id}/{path}", LONG_AGO)
            entry.create_system, entry.external_attr, entry.compress_type = 3, PLAIN_FILE, ZIP_DEFLATED
            packed.writestr(entry, content[path])
    return written.getvalue()


def with_sheet(content: Content, *, file_name: str, sheet: bytes) -> dict[str, bytes]:
    """The folder with one of its sheets in a new edition, and the next version in kit.toml.

    The file is called as the one whose place it takes (`visit (1).xlsx`, as browsers name copies, counts too); where a
    kit has one form only, it may be called anything. Raises SheetOfNoForm (400).
    """
    name = PurePosixPath(file_name)
    stem = _COPY.sub("", name.stem)
    sheets = [path for path in content if path.startswith(FORMS)]
    same = [path for path in sheets if PurePosixPath(path).stem == stem] or (sheets if len(sheets) == 1 else [])
    if not same:
        raise SheetOfNoForm(
            "Call the file as the form that it is: {names}.", names=[path[len(FORMS) :] for path in sheets]
        )
    place = f"{FORMS}{PurePosixPath(same[0]).stem}{name.suffix.lower()}"
    others = {path: held for path, held in content.items() if path not in same}
    return {**others, place: sheet, KIT_TOML: _raised(content[KIT_TOML])}


def _raised(kit_toml: bytes) -> bytes:
    """The first version of today; a later one where that is there already."""

    def raised(found: re.Match[bytes]) -> bytes:
        now = max(int(f"{clock.today():%Y%m%d}01"), int(found[2]) + 1)
        return found[1] + str(now).encode() + found[3]

    return _VERSION.sub(raised, kit_toml, count=1)


def _readme_here(kit_id: str) -> bytes | None:
    folder = next((each for each in kit_folders() if each.kit_id == kit_id), None)
    return folder.files[README].read_bytes() if folder and README in folder.files else None


async def _readme_made(title: str, forms: list[tuple[str, str]]) -> bytes:
    paths: dict[str, None] = {}
    for form_id, version in forms:
        form = await form_version(form_id, version)
        sources = form.mapping.arguments.values() if form else ()
        paths |= {path: None for source in sources for path in paths_of(source)}
    lines = [
        f"# {title}",
        "",
        "These answers keep their names · 下列答案不要改名：",
        "",
        *(f"- `{path}`" for path in paths),
    ]
    return ("\n".join(lines) + "\n").encode()
