"""What an answer does to its case. This room has looked who may; the case's own list says whether it may happen now."""

from uuid import UUID, uuid5

from backend.cases import notices
from backend.cases.steps import take
from backend.diagnosis.answer_schemas import AnswerRecord
from backend.diagnosis.answer_words import plain
from backend.people.actors import Actor


async def resume(answer: AnswerRecord, *, request_id: UUID, by: Actor) -> None:
    """It stood still while the farmer was asked; the expert has made up his mind without."""
    await take("resumed", case_id=request_id, id=uuid5(answer.id, "resumed"), by=by, said={"words": ""}, by_rule=True)


async def resolve(answer: AnswerRecord, *, request_id: UUID, by: Actor) -> None:
    """The answer stands on the case's timeline in plain words."""
    said: dict[str, object] = {"words": plain(answer), "photo_ids": []}
    id = uuid5(answer.id, "resolved")
    taken = await take("resolved", case_id=request_id, id=id, by=by, said=said, by_rule=True)
    if taken.new:
        await notices.settle_all(taken.before, by=by)


async def correct(answer: AnswerRecord, *, request_id: UUID, of: UUID, by: Actor) -> None:
    """The correction follows on the timeline; the line that it corrects stays."""
    said: dict[str, object] = {"words": plain(answer), "answer_id": answer.id, "corrects": of}
    id = uuid5(answer.id, "corrected")
    await take("corrected", case_id=request_id, id=id, by=by, said=said, by_rule=True)
