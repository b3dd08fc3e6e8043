"""What a person's phone carries: kits, forms, and the files that a form shows."""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from msgspec import Struct

from backend.core import clock
from backend.kits import queries
from backend.kits.building import bundle_files
from backend.kits.form_questions import questions_of
from backend.kits.rules import is_for, is_in_season
from backend.kits.schemas import HeldFile, KitFormRecord, KitRecord, KitTitle, PublishedForm
from backend.kits.words import KitOrigin
from backend.people.actors import Actor
from backend.people.tables import Role

MEDIA = "media/"
LATELY_S = 1.0
_lately: dict[tuple[str, str], tuple[float, PublishedForm]] = {}


class FormMedia(Struct, frozen=True):
    """A file that a form shows or chooses from. `name` as the form calls it."""

    name: str
    sha256: str
    bytes: int


async def kits_for(by: Actor) -> list[KitRecord]:
    """The kits that this person carries today, each in the version that phones get."""
    return await _records([row for row in await queries.newest() if carries(row, by)])


async def every_kit(*, by: Actor) -> list[KitRecord]:
    """Every version that was ever published. Raises Forbidden (403)."""
    by.must_have(Role.ADMIN)
    return await _records(await queries.every_version())


async def forms_for(by: Actor) -> list[PublishedForm]:
    """The forms that this person's phone is offered today."""
    return await queries.with_xml([row for row in await queries.forms_offered() if carries(row, by)])


async def form_version(form_id: str, version: str) -> PublishedForm | None:
    """A version of a form, whatever its state: the one that a submission fills in. As it was within the last second:
    an evening's ten thousand records fill in the same few forms."""
    known = _lately.get((form_id, version))
    if known is not None and monotonic() - known[0] < LATELY_S:
        return known[1]
    row = await queries.form_row(form_id, version)
    if row is None:
        return None
    [form] = await queries.with_xml([row])
    _lately[form_id, version] = monotonic(), form
    return form


def look_anew() -> None:
    """What this process changes it sees at once; the others within a second."""
    _lately.clear()


async def versions_of(form_id: str) -> list[PublishedForm]:
    """Every version of a form, the newest first; none where there is no such form."""
    return await queries.with_xml(await queries.versions_of_form(form_id))


def may_send(form: PublishedForm, by: Actor) -> bool:
    """Whether this person fills in the form; in which month does not count, a phone may have been offline."""
    return is_for(roles=form.roles, prefixes=form.prefixes, by=by)


async def media_for(form: PublishedForm) -> list[FormMedia]:
    """The kit's own files that the form shows, of the version that phones get; what a door makes for each person is
    not here (`Verb.media`)."""
    kit = await queries.newest_of(form.kit_id)
    named = questions_of(form.xml).media
    held = {file.path: file for file in queries.files_of(kit)} if kit else {}
    found = [(name, held[f"{MEDIA}{name}"]) for name in named if f"{MEDIA}{name}" in held]
    return [FormMedia(name, file.sha256, file.bytes) for name, file in found]


async def content_of(sha256: str) -> bytes | None:
    """The bytes of a kit's file by its SHA-256 in hex."""
    digest = bytes.fromhex(sha256)
    return (await queries.contents([digest])).get(digest)


def carries(row: Mapping[str, Any], by: Actor) -> bool:
    """Whether a kit is offered to a person today. `row` has roles, prefixes and months."""
    roles = [Role(role) for role in row["roles"]]
    return is_for(roles=roles, prefixes=row["prefixes"], by=by) and is_in_season(row["months"], clock.today().month)


async def record_of(row: Mapping[str, Any]) -> KitRecord:
    """A row of `kits_version`, as people and phones see it."""
    return (await _records([row]))[0]


async def _records(rows: Sequence[Mapping[str, Any]]) -> list[KitRecord]:
    held = [queries.files_of(row) for row in rows]
    forms = [(file.form.form_id, file.form.version) for files in held for file in files if file.form]
    states = await queries.form_states(forms) if forms else {}
    return [_record(row, files, states) for row, files in zip(rows, held, strict=True)]


def _record(row: Mapping[str, Any], files: list[HeldFile], states: Mapping[tuple[str, str], Any]) -> KitRecord:
    forms = [(file.form.form_id, file.form.version) for file in files if file.form]
    return KitRecord(
        kit_id=row["kit_id"],
        version=row["version"],
        title=KitTitle(row["title_zh"], row["title_en"]),
        origin=KitOrigin(row["origin"]),
        roles=[Role(role) for role in row["roles"]],
        divisions=list(row["prefixes"]),
        months=list(row["months"]),
        sha256=row["digest"].hex(),
        published_at=row["published_at"],
        withdrawn=row["withdrawn"],
        forms=[KitFormRecord(form_id, version, *states[form_id, version]) for form_id, version in forms],
        files=bundle_files(files),
    )
