"""What people read and fill in offline out of their kits: cards, checklists, letters and forms, file by file.

Pictures and recordings are not among them: a bundle brings them. Content is known by its SHA-256 and never changes, so
each process reads it once.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from backend.core.database import fetch
from backend.kits import queries
from backend.kits.building import form_path
from backend.kits.lists import carries
from backend.kits.rules import is_in_season
from backend.kits.schemas import FormMade, HeldFile
from backend.people.actors import Actor

READ_BY_PEOPLE = ("cards/", "checklists/", "letters/")
MOST_KEPT_CHARACTERS = 16_000_000

_texts: dict[str, str] = {}


class PackFile(Struct, frozen=True):
    """A file as a bundle has it. `form`: which form's XForm it is; null for any other file."""

    kit_id: str
    path: str
    sha256: str
    form: FormMade | None


async def pack_for(by: Actor) -> list[PackFile]:
    """The files of the kits that this person carries today, without what is in them."""
    rows = [row for row in await queries.newest() if carries(row, by)]
    return [file for row in rows for held in queries.files_of(row) if (file := _file(row, held))]


def _file(row: Mapping[str, Any], held: HeldFile) -> PackFile | None:
    if held.form is not None:
        return PackFile(row["kit_id"], form_path(held.form), held.form.sha256, held.form)
    if held.path.startswith(READ_BY_PEOPLE):
        return PackFile(row["kit_id"], held.path, held.sha256, None)
    return None


async def texts_of(files: Iterable[PackFile]) -> dict[str, str]:
    """What is in files, by their SHA-256."""
    asked = list(files)
    missing = [file for file in asked if file.sha256 not in _texts]
    found = {sha256: _texts[sha256] for file in asked if (sha256 := file.sha256) in _texts}
    if missing:
        read = await _read(missing)
        if sum(map(len, _texts.values())) > MOST_KEPT_CHARACTERS:
            _texts.clear()
        _texts.update(read)
        found |= read
    return found


_READ = """
SELECT encode(sha256, 'hex') AS sha256, content FROM kits_file WHERE sha256 = ANY($1)
UNION ALL SELECT asked.sha256, f.xml FROM kits_form f JOIN unnest($2::text[], $3::text[], $4::text[])
AS asked(form_id, version, sha256) ON f.form_id = asked.form_id AND f.version = asked.version
"""


async def _read(files: Iterable[PackFile]) -> dict[str, str]:
    plain, forms = [file for file in files if not file.form], [file.form for file in files if file.form]
    rows = await fetch(
        _READ,
        [bytes.fromhex(file.sha256) for file in plain],
        [form.form_id for form in forms],
        [form.version for form in forms],
        [form.sha256 for form in forms],
    )
    return {row["sha256"]: row["content"].decode() for row in rows}


async def kits_offered(month: int) -> set[str]:
    """Every kit that somebody carries in a month."""
    return {row["kit_id"] for row in await queries.newest() if is_in_season(row["months"], month)}
