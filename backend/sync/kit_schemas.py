"""What a phone carries of kits: which version with which forms and files, and each file that is text."""

from datetime import datetime

from msgspec import Struct

from backend.kits.schemas import KitFormRecord, KitTitle


class CarriedKit(Struct, frozen=True, kw_only=True):
    """A kit in the version that one carries.

    id      the kit's
    sha256  over everything in it
    forms   with their versions and states: only open ones are offered to be filled in
    files   path → SHA-256. Cards, checklists, letters and forms come by themselves as `kit_files`; pictures and
            recordings come with getKitBundle, of which `since` leaves out what the phone has
    """

    id: str
    version: str
    title: KitTitle
    sha256: str
    published_at: datetime
    forms: list[KitFormRecord]
    files: dict[str, str]


class CarriedKitFile(Struct, frozen=True, kw_only=True):
    """A card (Markdown), a checklist (TOML), a letter (Typst) or a form (XForm) of a kit that one carries.

    id    the kit's id and the path
    text  what is in it; SHA-256 over its UTF-8
    """

    id: str
    kit_id: str
    path: str
    sha256: str
    text: str
