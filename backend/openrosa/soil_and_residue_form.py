"""A bag with soil or produce that is handed in: a form's answers become a `NewSample`.

Who brought it, who took it and how it was sampled stand in its note, in Chinese, for it stays. Photos of the bag stay
with the submission.
"""

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import replace

from backend.core import clock
from backend.core.shapes import NO_NUL
from backend.core.words import Term, say, translations
from backend.laboratory import sample_rules, samples
from backend.laboratory.sample_schemas import NewSample
from backend.laboratory.words import SampleConsentPurpose, SampleKind
from backend.openrosa import queries
from backend.openrosa.answers import shaped
from backend.openrosa.cards import home_of
from backend.openrosa.mapping_reading import answers_of
from backend.openrosa.stall_csv import markets_csv, villages_csv
from backend.openrosa.verb_doors import Became, Sent, VerbDoor
from backend.openrosa.words import BroughtBy, RecordKind, TakenHow
from backend.people.actors import Actor

DOOR = "openrosa"
OF_SOIL = ("land_use", "depth_top_cm", "depth_bottom_cm", "cores_n")

TAKEN = {
    TakenHow.SOIL_S_SHAPE: Term("Taken at many points on an S, mixed"),
    TakenHow.SOIL_FIVE_POINTS: Term("Taken at five points, mixed"),
    TakenHow.SOIL_SINGLE: Term("Taken at a single point"),
    TakenHow.PRODUCE_RANDOM: Term("Picked at random over the field"),
    TakenHow.PRODUCE_PACKED: Term("Drawn from crates or packs"),
    TakenHow.PRODUCE_BROUGHT: Term("Picked by whoever brought it"),
}
BROUGHT = {
    BroughtBy.HOUSEHOLD: Term("Brought by the farmer or the family"),
    BroughtBy.SAMPLER: Term("Sampled by ourselves"),
    BroughtBy.MARKET: Term("Brought by the market or cooperative"),
    BroughtBy.CARRIER: Term("Brought along by somebody else"),
}
TAKEN_BY = Term("Taken over by {name}")


class Custody(Struct, frozen=True, kw_only=True):
    """What the mapping names beside a sample's own fields."""

    household_code: str | None = None
    taken_how: TakenHow | None = None
    brought_by: BroughtBy | None = None
    taken_by: Annotated[str, Meta(max_length=30, pattern=NO_NUL)] | None = None
    note: Annotated[str, Meta(max_length=100, pattern=NO_NUL)] | None = None


class FilledSample(Struct, frozen=True):
    """A bag as the phone wrote it down. The household's card is looked up when it is recorded."""

    new: NewSample
    household_code: str | None

    async def record(self, *, by: Actor) -> Became:
        """Raises what `samples.receive` refuses."""
        home = None if self.household_code is None else (await home_of(self.household_code)).id
        sample = (await samples.receive(new=replace(self.new, household_id=home), by=by, door=DOOR)).record
        told = say("Received. The bag's number is {code}: write it on where it has none.", code=sample.code)
        return Became(sample.id, sample.division.code, frozenset(), number=sample.code, said=told)


def _read(sent: Sent) -> FilledSample:
    said = answers_of(sent)
    custody = shaped({name: said.pop(name, None) for name in Custody.__struct_fields__}, Custody)
    new = shaped({"id": str(sent.instance.record_id), "note": _note(custody)} | _whole(said), NewSample)
    return FilledSample(_agreed(_not_ahead(new)), custody.household_code)


def _whole(said: dict[str, Any]) -> dict[str, Any]:
    """Numbers that must be whole, as such; the soil's own only where it is soil."""
    whole = {
        name: int(value) if isinstance(value, float) and value.is_integer() and name != "temperature_c" else value
        for name, value in said.items()
    }
    return whole if said.get("kind") == SampleKind.SOIL else whole | dict.fromkeys(OF_SOIL)


def _note(custody: Custody) -> str | None:
    chinese = translations("zh").gettext
    told = [
        chinese(TAKEN[custody.taken_how]) if custody.taken_how else "",
        chinese(BROUGHT[custody.brought_by]) if custody.brought_by else "",
        chinese(TAKEN_BY).format(name=custody.taken_by) if custody.taken_by else "",
        custody.note or "",
    ]
    return "；".join(filter(None, told)) or None


def _not_ahead(new: NewSample) -> NewSample:
    """Nothing is handed in after it was told: the clock of the phone is ahead."""
    now = clock.now()
    return replace(new, received_at=min(new.received_at or now, now))


def _agreed(new: NewSample) -> NewSample:
    """Name and number only with a yes to what was read out."""
    if sample_rules.agreed(new, SampleConsentPurpose.HANDLING):
        return new
    return replace(new, contact_name=None, contact_phone=None)


async def _add(sample_id: UUID, sent: Sent, by: Actor) -> Became:  # noqa: ARG001 - as `VerbDoor.add`
    """Photos that come later stay with the submission too."""
    return Became(sample_id, await queries.division_of_sample(sample_id), frozenset())


SOIL_AND_RESIDUE = VerbDoor(
    verb="receiveSample",
    becomes=RecordKind.SAMPLE,
    read=_read,
    add=_add,
    media={"villages.csv": villages_csv, "desks.csv": markets_csv},
)
