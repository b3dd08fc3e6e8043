"""The steps of a sample as forms: what each button of its page does with what was filled in."""

from datetime import date

from backend.console import bench_advice, bench_consent, bench_retests
from backend.console.bench_taking import Step, Taking
from backend.console.typed import Incomplete, Typed, figure, identity, moment, shaped
from backend.core.words import Term
from backend.laboratory import hand_overs, reports, results, sample_consents, separating
from backend.laboratory.report_schemas import LabReportRecord, NewReportIssue
from backend.laboratory.sample_schemas import NewHandOver
from backend.laboratory.words import SampleConsentPurpose

SEPARATED = Term("Separated. What came with it is held again; both are judged anew.")


async def _hand_over(on: Taking) -> None:
    new = shaped(
        NewHandOver,
        id=identity(on.form.get("id")),
        at=moment(on.form.get("at")),
        temperature_c=figure(on.form.get("temperature_c")),
        **{name: on.form.get(name) for name in ("to_unit_id", "travelled", "note")},
    )
    await hand_overs.hand_over(sample_id=on.sample_id, new=new, by=on.by)


async def _consent(on: Taking) -> None:
    said = {SampleConsentPurpose.SHARE: on.form.get("given") == "yes"}
    for new in bench_consent.consents(said):
        await sample_consents.record(sample_id=on.sample_id, new=new, by=on.by)


async def _report(on: Taking) -> LabReportRecord:
    new = NewReportIssue(id=identity(on.form.get("id")))
    return (await reports.issue(sample_id=on.sample_id, new=new, by=on.by)).record


async def _separate(on: Taking) -> None:
    await separating.separate(held_id=identity(on.form.get("held_id")), by=on.by)


def day_of(form: Typed) -> date:
    """Raises Incomplete (400)."""
    try:
        return date.fromisoformat(form.get("on"))
    except ValueError as error:
        raise Incomplete("A day looks like this: 2026-11-30.") from error


async def _rejudge(on: Taking) -> None:
    await results.rejudge_beside(sample_id=on.sample_id, on=day_of(on.form), by=on.by)


STEPS: dict[str, Step] = {
    "hand-over": Step(_hand_over, Term("The sample was handed over."), "way"),
    "consent": Step(_consent, Term("Written down: what the farmer says.")),
    "report": Step(_report, Term("The report is issued. Print it, or he reads it on his page."), "report"),
    "rejudge": Step(_rejudge, Term("Both stand side by side; nothing old changed."), "results"),
    "separation": Step(_separate, SEPARATED),
    **bench_retests.STEPS,
    **bench_advice.STEPS,
}
