"""The id of an answer that came without one: it follows from its content, so that said twice it is there once."""

from uuid import UUID, uuid5

from backend.cases.holding import hold
from backend.core import creates
from backend.diagnosis.request_schemas import QuestionAnswer


async def id_of_content(case_id: UUID, question_id: UUID, new: QuestionAnswer) -> UUID:
    """What was said before 2026-11-23 keeps the id of its former digest; it goes when `creates.former_digest` goes."""
    former = uuid5(question_id, creates.former_digest(new).hex())
    for part in ("photos", "words"):
        if (await hold(case_id, step_id=uuid5(former, part))).step_case is not None:
            return former
    return uuid5(question_id, creates.digest(new).hex())
