"""What this door knows of one form of field_kits: its sheet, who fills it in, and how an instance becomes a record.

`visit_form`, `crop_clinic_form`, `antifraud_visit_form` and `market_stall_form` each make one; `catalogue` lists them.
A form added there needs a word for the record it becomes (`words.RecordKind`), and nothing else here.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from backend.core.refusals import Refusal
from backend.kits.forms import Form
from backend.openrosa.instances import Instance, NamedFile
from backend.openrosa.words import RecordKind
from backend.people.actors import Actor
from backend.people.tables import Role

KITS = Path(__file__).parents[2] / "field_kits"

PhotoIds = Mapping[NamedFile, UUID]
"""The files that are here, by the answer that names them."""


class Sent(Struct, frozen=True):
    """An instance with the form it fills in and those of its files that are here."""

    form: Form
    instance: Instance
    files: PhotoIds


class Became(Struct, frozen=True):
    """What a submission became, and where. Files that the record did not take are kept with the submission.

    number   what people call the record, if it has a name for them
    said     what whoever sent it is told, if that is more than thanks
    """

    record_id: UUID
    division_code: str
    took: frozenset[NamedFile]
    number: str | None = None
    said: str | None = None


class Filled(Protocol):
    """An instance that was read: what its form's verb is called with."""

    async def record(self, *, by: Actor) -> Became:
        """Call the verb, inside the submission's transaction. Raises what it refuses."""


MediaFile = Callable[[Actor], Awaitable[bytes]]
"""A file that a form comes with, as this person gets it."""


class EditWaits(Refusal):
    """An edit that no verb carries over: it is kept, and a person does it by hand."""

    status, code, title = 409, "openrosa/edit-waits", "The record was changed on the phone"


class FieldForm(Struct, frozen=True, kw_only=True):
    """One form.

    form_id  as the sheet's settings say
    roles    who is shown it and may send it
    read     what was sent, understood. Raises Invalid (400), which names the answers that cannot be taken
    add      files that came after their record, inside the submission's transaction. Raises what the verb refuses
    amend    a record that was edited on the phone: what was sent before, and what is sent now, inside the submission's
             transaction. Raises EditWaits (409) for what a person has to carry over: without it, every edit
    media    files that the form chooses from, by the names it calls them
    tells    refusals that its phones are told, and then nothing is kept (`keeping`)
    hidden   nobody is shown its answers: what it became says all that may be known
    """

    form_id: str
    sheet: Path
    roles: frozenset[Role]
    becomes: RecordKind
    read: Callable[[Sent], Filled]
    add: Callable[[UUID, PhotoIds, Actor], Awaitable[Became]]
    media: Mapping[str, MediaFile] = {}
    amend: Callable[[UUID, Sent, Sent, Actor], Awaitable[Became]] | None = None
    tells: tuple[type[Refusal], ...] = ()
    hidden: bool = False
