"""What travels: kits as phones and administrators see them."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.kits.mappings import Mapping
from backend.kits.words import FormState, KitOrigin, PublishOutcome
from backend.people.tables import Role


class FormMade(Struct, frozen=True):
    """What a sheet became: the form's id and version, and its XForm's SHA-256 in hex and bytes."""

    form_id: str
    version: str
    sha256: str
    bytes: int


class HeldFile(Struct, frozen=True, omit_defaults=True):
    """A file of a version as `kits_version.files` says: path, SHA-256 in hex, bytes. Of a sheet: what it became."""

    path: str
    sha256: str
    bytes: int
    form: FormMade | None = None


class BundleFile(Struct, frozen=True):
    """A file as phones get it, by its path in the bundle; SHA-256 in hex."""

    path: str
    sha256: str
    bytes: int


class KitTitle(Struct, frozen=True):
    """In both languages."""

    zh: str
    en: str


class Manifest(Struct, frozen=True):
    """manifest.json of a bundle: every file of the version.

    since  the bundle holds only what changed since that version; null: it holds everything
    gone   paths of that version that are no more
    """

    kit_id: str
    version: str
    title: KitTitle
    files: list[BundleFile]
    since: str | None = None
    gone: list[str] = []


class KitFormRecord(Struct, frozen=True):
    """A form of a kit, and whether phones are offered it."""

    form_id: str
    version: str
    title: str
    state: FormState


class KitRecord(Struct, frozen=True):
    """One version of a kit. `roles` carry it, below `divisions` (none: everywhere), in `months` (none: all year).
    `sha256` over everything in it; `files` as the bundle holds them."""

    kit_id: str
    version: str
    title: KitTitle
    origin: KitOrigin
    roles: list[Role]
    divisions: list[str]
    months: list[int]
    sha256: str
    published_at: datetime
    withdrawn: bool
    forms: list[KitFormRecord]
    files: list[BundleFile]


class Published(Struct, frozen=True):
    """What became of a kit that was sent: stored, there already, or only looked over."""

    kit_id: str
    version: str
    outcome: PublishOutcome
    forms: list[FormMade]


class FormStateChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What a form shall do from now on."""

    state: FormState


class PublishedForm(Struct, frozen=True):
    """One version of a form with what it becomes. `roles` and `prefixes` are its kit's."""

    id: UUID
    form_id: str
    version: str
    title: str
    md5: str
    state: FormState
    mapping: Mapping
    kit_id: str
    kit_version: UUID
    roles: frozenset[Role]
    prefixes: tuple[str, ...]
    xml: bytes
