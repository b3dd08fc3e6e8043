"""How this door carries out a verb for a form: whichever form it is, its kit's mapping names the verb and says which
answer is which argument.

`visit_form`, `crop_clinic_form`, `antifraud_visit_form` and others each make one; `catalogue` lists them. A verb added
there is offered to the kits in `kit_verbs`, and has a word for the record it becomes (`words.RecordKind`).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from backend.core.refusals import Refusal
from backend.kits.schemas import PublishedForm
from backend.openrosa.instances import Instance, NamedFile
from backend.openrosa.words import RecordKind
from backend.people.actors import Actor

PhotoIds = Mapping[NamedFile, UUID]
"""The files that are here, by the answer that names them."""


class Sent(Struct, frozen=True):
    """An instance with the form it fills in and those of its files that are here."""

    form: PublishedForm
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


class VerbDoor(Struct, frozen=True, kw_only=True):
    """One verb.

    verb     by the name of its operation, as kit.toml says it
    read     what was sent, understood. Raises Invalid (400), which names the answers that cannot be taken
    add      files that came after their record, inside the submission's transaction. Raises what the verb refuses
    amend    a record that was edited on the phone: what was sent before, and what is sent now, inside the submission's
             transaction. Raises EditWaits (409) for what a person has to carry over: without it, every edit
    media    files that a form may choose from, by the names it calls them, made for each person
    tells    refusals that phones are told whatever the kit says, and then nothing is kept (`keeping`)
    alike    called again with the same it gives the same record, whatever has happened since and whoever runs beside it
    hidden   nobody is shown its answers: what it became says all that may be known
    """

    verb: str
    becomes: RecordKind
    read: Callable[[Sent], Filled]
    add: Callable[[UUID, Sent, Actor], Awaitable[Became]]
    media: Mapping[str, MediaFile] = {}
    amend: Callable[[UUID, Sent, Sent, Actor], Awaitable[Became]] | None = None
    tells: tuple[type[Refusal], ...] = ()
    alike: bool = False
    hidden: bool = False
