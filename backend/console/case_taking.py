"""What somebody filled in to take a step of a case, and the photos he sent along."""

from uuid import UUID, uuid5

from msgspec import Struct

from backend.cases.rules import ReasonNeeded
from backend.console.forms import MOST_PHOTOS, Filled
from backend.core.multipart import Part
from backend.core.refusals import Refusal
from backend.media.actions import upload_photo
from backend.media.receiving import Door
from backend.people.actors import Actor


class UnitMissing(Refusal):
    """What was chosen is no unit."""

    status, code, title = 400, "console/unit-missing", "Which unit?"


class ChoiceMissing(Refusal):
    """Nothing was chosen where something has to be."""

    status, code, title = 400, "console/choice-missing", "Something has to be chosen"


class Taking(Struct, frozen=True):
    """Which case, the id of the step, who, and what he filled in."""

    case_id: UUID
    id: UUID
    by: Actor
    form: Filled

    @property
    def words(self) -> str:
        """What he wrote. Raises TooManyWords (400)."""
        return self.form.words()

    @property
    def note(self) -> str | None:
        """What staff alone read."""
        return self.form.words("note") or None

    @property
    def some_words(self) -> str:
        """The same, not nothing. Raises ReasonNeeded (400)."""
        if not self.words:
            raise ReasonNeeded("Write a few words: whoever asked will read them.")
        return self.words

    def unit(self) -> UUID | None:
        """The unit chosen. Raises UnitMissing (400) for what is none."""
        chosen = self.form.get("unit_id")
        try:
            return UUID(chosen) if chosen else None
        except ValueError as error:
            raise UnitMissing("Choose a unit from the list.") from error

    def some_unit(self) -> UUID:
        """The same, not none."""
        unit_id = self.unit()
        if unit_id is None:
            raise UnitMissing("Choose a unit from the list.")
        return unit_id


async def photos(on: Taking) -> list[UUID]:
    """Keep what was chosen, each under an id that follows from the step's: sent twice they are the same."""
    chosen = on.form.files.get("photo", [])[:MOST_PHOTOS]
    return [await _keep(part, uuid5(on.id, str(n)), on.by) for n, part in enumerate(chosen)]


async def _keep(part: Part, id: UUID, by: Actor) -> UUID:
    kept = await upload_photo(
        source=part.chunks(),
        sha256=await part.sha256(),
        file_name=part.file_name or "",
        photo_id=id,
        uploaded_by=by.person_id,
        door=Door.PAGE,
    )
    return kept.record.id
