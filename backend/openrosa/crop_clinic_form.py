"""A question about a crop: a form's answers become a `NewRequest`."""

from uuid import UUID, uuid5

from msgspec import Struct
from msgspec.structs import replace

from backend.cases import working
from backend.cases.rules import StepNotOpen
from backend.cases.words import Channel
from backend.core import clock
from backend.diagnosis import gate
from backend.diagnosis.refusals import ConsentNeeded
from backend.diagnosis.request_schemas import NewRequest
from backend.diagnosis.requests import request_diagnosis
from backend.diagnosis.words import ConsentPurpose
from backend.kits.mappings import Consents
from backend.openrosa import queries
from backend.openrosa.answers import shaped
from backend.openrosa.cards import home_of
from backend.openrosa.instances import NamedFile
from backend.openrosa.mapping_reading import YES, answers_of, files_of, named_files
from backend.openrosa.verb_doors import Became, Sent, VerbDoor
from backend.openrosa.words import RecordKind
from backend.people.actors import Actor

PHOTOS = "photos"
"""Photos and the voice note; all of them are the case's."""


class FilledClinic(Struct, frozen=True):
    """A question about a crop as the cadre wrote it. The household's card is looked up when it is recorded."""

    new: NewRequest
    household_code: str | None
    took: frozenset[NamedFile]

    async def record(self, *, by: Actor) -> Became:
        """Raises what `request_diagnosis` refuses."""
        new = replace(self.new, household_id=await _household(self.household_code))
        asked = (await request_diagnosis(new=new, by=by, door="openrosa")).record
        return Became(asked.request.id, asked.request.case.division.code, self.took, asked.number)


def _read(sent: Sent) -> FilledClinic:
    household_code = answers_of(sent).get("household_code")
    return FilledClinic(new_request(sent), household_code, frozenset(files_of(sent, PHOTOS)))


async def _household(code: str | None) -> UUID | None:
    return None if code is None else (await home_of(code)).id


async def _add(request_id: UUID, sent: Sent, by: Actor) -> Became:
    """Photos that come later start the gate again. A case that was withdrawn or merged takes none any more; the phone
    is thanked all the same, and they stay with the submission."""
    took = frozenset(files_of(sent, PHOTOS))
    photo_ids = sorted(sent.files[file] for file in took)
    step_id = uuid5(request_id, " ".join(map(str, photo_ids)))
    try:
        if took:
            await working.add_photos(case_id=request_id, id=step_id, photo_ids=photo_ids, by=by)
            await gate.look_soon(request_id)
    except StepNotOpen:  # said before anything was written
        took = frozenset()
    return Became(request_id, await queries.division_of_case(request_id), took)


def new_request(sent: Sent) -> NewRequest:
    """What the phone wrote, as the verb takes it, but for the household. Raises ConsentNeeded before all else, Invalid
    (400)."""
    _must_have_agreed(sent)
    answers = answers_of(sent)
    photo_ids = [photo["photo_id"] for photo in answers.pop(PHOTOS, [])]
    answers.pop("household_code", None)
    answers |= {
        "id": str(sent.instance.record_id),
        "channel": Channel.VISIT,
        "photo_ids": photo_ids,
        "photos_expected": named_files(sent, PHOTOS) - len(photo_ids),
    }
    return _not_ahead(shaped(answers, NewRequest))


def _must_have_agreed(sent: Sent) -> None:
    """Raises ConsentNeeded (400)."""
    asked = sent.form.mapping.arguments.get("consents")
    questions = asked.consents if isinstance(asked, Consents) else {}
    handling = [path for path, purpose in questions.items() if purpose == ConsentPurpose.HANDLING]
    if not any(sent.instance.answer(path) == YES for path in handling):
        raise ConsentNeeded("Ask the farmer, and send it only when the farmer agrees.")


def _not_ahead(new: NewRequest) -> NewRequest:
    """A question is not asked after it arrived: the clock of the phone is ahead."""
    now = clock.now()
    return replace(new, asked_at=min(new.asked_at or now, now))


CROP_CLINIC = VerbDoor(
    verb="requestDiagnosis",
    becomes=RecordKind.DIAGNOSIS_REQUEST,
    read=_read,
    add=_add,
    tells=(ConsentNeeded,),
)
