"""The steps of a result: looked through, to be measured again, and what that found."""

from backend.console.bench_taking import Step, Taking
from backend.console.typed import identity, moment, shaped
from backend.core.words import Term
from backend.laboratory import results, retests
from backend.laboratory.result_schemas import NewRetest


async def _review(on: Taking) -> None:
    await results.review(result_id=identity(on.form.get("of")), by=on.by)


async def _retest(on: Taking) -> None:
    told = {name: on.form.get(name) for name in ("kind", "method", "reason")}
    new = shaped(NewRetest, id=identity(on.form.get("id")), told_at=moment(on.form.get("told_at")), **told)
    await retests.request_retest(result_id=identity(on.form.get("of")), new=new, by=on.by)


async def _answer(on: Taking) -> None:
    told = {name: identity(on.form.get(name)) for name in ("retest_id", "result_id")}
    await retests.answer_retest(**told, by=on.by)


STEPS: dict[str, Step] = {
    "review": Step(_review, Term("Written down, with your name."), "results"),
    "retest": Step(_retest, Term("It is to be measured again."), "results"),
    "retest-answer": Step(_answer, Term("The retest is answered."), "results"),
}
