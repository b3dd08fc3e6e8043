"""The steps of a result: looked through, to be measured again, and what that found."""

from backend.console.bench_taking import Step, Taking
from backend.console.typed import identity, moment, shaped
from backend.core.paging import MAX_LIMIT
from backend.core.words import Term
from backend.laboratory import result_lists, results, retest_withdrawing, retests
from backend.laboratory.result_queries import Filters
from backend.laboratory.result_schemas import NewRetest, RetestWithdrawal


async def _review(on: Taking) -> None:
    """All of the sample's that nobody looked through yet, in one tap."""
    found = await result_lists.list_results(by=on.by, filters=Filters(sample_id=on.sample_id), limit=MAX_LIMIT)
    for each in found.items:
        if each.reviewed_by is None:
            await results.review(result_id=each.id, by=on.by)


async def _retest(on: Taking) -> None:
    told = {name: on.form.get(name) for name in ("kind", "method", "reason")}
    new = shaped(NewRetest, id=identity(on.form.get("id")), told_at=moment(on.form.get("told_at")), **told)
    await retests.request_retest(result_id=identity(on.form.get("of")), new=new, by=on.by)


async def _answer(on: Taking) -> None:
    told = {name: identity(on.form.get(name)) for name in ("retest_id", "result_id")}
    await retests.answer_retest(**told, by=on.by)


async def _withdraw(on: Taking) -> None:
    why = shaped(RetestWithdrawal, reason=on.form.get("reason"), taken_back=on.form.get("taken_back") == "yes")
    await retest_withdrawing.withdraw_retest(retest_id=identity(on.form.get("retest_id")), why=why, by=on.by)


STEPS: dict[str, Step] = {
    "review": Step(_review, Term("Written down, with your name."), "results"),
    "retest": Step(_retest, Term("It is to be measured again."), "results"),
    "retest-answer": Step(_answer, Term("The retest is answered."), "results"),
    "retest-withdrawal": Step(_withdraw, Term("Withdrawn, with your name and your reason."), "results"),
}
