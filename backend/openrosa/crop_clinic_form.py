"""The crop clinic's form, translated: answers by their names in field_kits/crop_clinic become a `NewRequest`."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any
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
from backend.diagnosis.words import ConsentPurpose, GrowthStage, Organ, Topic
from backend.kits.forms import Form
from backend.openrosa import queries
from backend.openrosa.answers import number, point, shaped
from backend.openrosa.cards import home_of
from backend.openrosa.field_forms import KITS, Became, FieldForm, PhotoIds, Sent
from backend.openrosa.form_texts import shown
from backend.openrosa.instances import Instance, NamedFile
from backend.openrosa.words import RecordKind
from backend.people.actors import Actor
from backend.people.household_tables import ConsentChannel, ConsentMethod
from backend.people.tables import Role

FILES = ("photos/photo_near", "photos/photo_plant", "photos/photo_field", "photos/photo_more", "trouble/voice")
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
    household_code = sent.instance.answer("asker/household_code")
    return FilledClinic(new_request(sent), household_code, _case_files(sent.files))


async def _household(code: str | None) -> UUID | None:
    return None if code is None else (await home_of(code)).id


async def _add(request_id: UUID, files: PhotoIds, by: Actor) -> Became:
    """Photos that come later start the gate again. A case that was withdrawn or merged takes none any more; the phone
    is thanked all the same, and they stay with the submission."""
    took = _case_files(files)
    photo_ids = sorted(files[file] for file in took)
    step_id = uuid5(request_id, " ".join(map(str, photo_ids)))
    try:
        if took:
            await working.add_photos(case_id=request_id, id=step_id, photo_ids=photo_ids, by=by)
            await gate.look_soon(request_id)
    except StepNotOpen:  # said before anything was written
        took = frozenset()
    return Became(request_id, await queries.division_of_case(request_id), took)


def _case_files(files: PhotoIds) -> frozenset[NamedFile]:
    return frozenset(file for file in files if file.question in FILES)


CROP_CLINIC = FieldForm(
    form_id="crop_clinic",
    sheet=KITS / "crop_clinic" / "forms" / "crop_clinic.xlsx",
    roles=frozenset({Role.CADRE, Role.ASSISTANT, Role.TECHNICIAN, Role.EXPERT}),
    becomes=RecordKind.DIAGNOSIS_REQUEST,
    read=_read,
    add=_add,
    tells=(ConsentNeeded,),
)


def new_request(sent: Sent) -> NewRequest:
    """What the phone wrote, as the verb takes it, but for the household. Raises ConsentNeeded before all else, Invalid
    (400)."""
    instance = sent.instance
    consents = list(_consents(sent.form, instance))
    photo_ids = [photo for file, photo in sent.files.items() if file.question in FILES]
    answers = {
        "id": str(instance.record_id),
        "channel": Channel.VISIT,
        "crop_code": instance.answer("trouble/crop"),
        "topic": instance.answer("trouble/topic") or Topic.UNSURE,
        "growth_stage": instance.answer("trouble/growth_stage") or GrowthStage.UNSURE,
        "organ": instance.answer("trouble/organ") or Organ.UNSURE,
        "symptoms": instance.answer("trouble/symptoms"),
        "area_mu": number(instance.answer("trouble/area_mu"), pointer="/area_mu"),
        "onset_on": instance.answer("trouble/onset_on"),
        "weather_note": instance.answer("trouble/weather_note"),
        "treatments": instance.answer("trouble/treatments"),
        "photo_ids": [str(photo) for photo in photo_ids],
        "photos_expected": len(instance.files(FILES)) - len(photo_ids),
        **_asker(instance),
        "consents": consents,
    }
    return _not_ahead(shaped(answers, NewRequest))


def _asker(instance: Instance) -> dict[str, Any]:
    """Where and who. With a card the place is the household's: the form fills in the village of the last record."""
    household = instance.answer("asker/household_code")
    return {
        "asked_at": instance.answer("asker/asked_at"),
        "division_code": None if household else instance.answer("asker/division_code"),
        "place_note": instance.answer("asker/place_note"),
        "point": point(instance.answer("asker/point")),
        "contact_name": None if household else instance.answer("asker/contact_name"),
        "contact_phone": instance.answer("asker/contact_phone"),
        "wants_call": instance.answer("asker/wants_call") == "yes",
    }


def _not_ahead(new: NewRequest) -> NewRequest:
    """A question is not asked after it arrived: the clock of the phone is ahead."""
    now = clock.now()
    return replace(new, asked_at=min(new.asked_at or now, now))


def _consents(form: Form, instance: Instance) -> Iterator[dict[str, Any]]:
    """What the farmer was read out of this version of the form, and what he said. Raises ConsentNeeded (400)."""
    if instance.answer("consent/handling") != "yes":
        raise ConsentNeeded("Ask the farmer, and send it only when the farmer agrees.")
    for purpose in ConsentPurpose:
        path = f"consent/{purpose.value}"
        if said := instance.answer(path):
            yield {
                "purpose": purpose,
                "text_version": f"{form.form_id} {form.version}",
                "text_sha256": sha256(shown(form, path).encode()).hexdigest(),
                "given": said == "yes",
                "method": instance.answer("consent/method") or ConsentMethod.SPOKEN,
                "channel": ConsentChannel.VISIT,
            }
