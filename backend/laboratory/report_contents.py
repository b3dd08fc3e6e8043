"""All that a report says, gathered from its sample: in Chinese, whoever issues it, because its farmer reads it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from backend.core.clock import local
from backend.core.words import Term, language, say
from backend.laboratory.farmer_telling import name_of
from backend.laboratory.farmer_words import told
from backend.laboratory.fertilisers import fertiliser_name
from backend.laboratory.public import PublicSample, SignedAdvice, reading
from backend.laboratory.report_lines import line
from backend.laboratory.report_schemas import ReportContents
from backend.laboratory.report_words import cautions
from backend.laboratory.words import SampleTemperature

Row = Mapping[str, Any]


def _(msgid: str) -> str:
    return msgid


TRAVELLED = {
    SampleTemperature.AMBIENT: Term("Carried: at air temperature"),
    SampleTemperature.COOLED: Term("Carried: cooled"),
    SampleTemperature.FROZEN: Term("Carried: frozen"),
}
NUTRIENTS = {
    "n": Term("Nutrient: nitrogen"),
    "p": Term("Nutrient: phosphorus"),
    "p2o5": Term("Nutrient: phosphorus as P₂O₅"),
    "k": Term("Nutrient: potassium"),
    "k2o": Term("Nutrient: potassium as K₂O"),
}


def contents(
    *,
    head: Row,
    results: Sequence[Row],
    way: Sequence[Row],
    sample: PublicSample,
    number: str,
    issued_at: datetime,
    issued_by: str,
) -> ReportContents:
    """The report of a sample.

    head, results, way   rows of `report_queries`
    sample               the same as its farmer's page has it, whose words are taken
    """
    with in_chinese():
        readings = [reading(row) for row in results]
        said = told(sample)
        return ReportContents(
            number=number,
            issued_at=issued_at,
            studio=head["studio"],
            studio_phone=head["studio_phone"],
            issued_by=issued_by,
            sample_code=head["code"],
            sample_kind=sample.kind,
            run_kind=sample.run_kind,
            crop=name_of(sample.crop) if sample.crop else None,
            plot=head["plot"],
            village=head["village"],
            depth=_depth(head),
            cores_n=head["cores_n"],
            sampled_on=head["sampled_on"],
            received_at=head["received_at"],
            way=list(_way(head, way)),
            lines=[line(row, one) for row, one in zip(results, readings, strict=True)],
            overall=said.picture,
            overall_says=said.word,
            means=said.means,
            what_to_do=list(said.to_do),
            caution=cautions(readings, said.no_proof),
            advice=[_advised(each) for each in sample.advice if each.signed_by and each.kg_per_mu is not None],
        )


@contextmanager
def in_chinese() -> Iterator[None]:
    """Whatever the reader's language."""
    before = language.set("zh")
    try:
        yield
    finally:
        language.reset(before)


def _depth(head: Row) -> str | None:
    top, bottom = head["depth_top_cm"], head["depth_bottom_cm"]
    return None if bottom is None else f"{top or 0}–{bottom} cm"


def _way(head: Row, way: Sequence[Row]) -> Iterator[str]:
    """Where it was handed in, then every hand. Nobody's name: who it was stands in our own books."""
    if not way or way[0]["from_unit"] is not None:
        first = way[0]["from_unit"] if way else head["drop_off_name"] or head["studio"]
        yield say(_("{at} handed in at {unit}"), at=head["received_at"], unit=first)
    for each in way:
        if each["from_unit"] is None:
            said = say(_("{at} handed in at {unit}"), at=each["at"], unit=each["to_unit"])
        else:
            places = {name: each[name] for name in ("at", "from_unit", "to_unit")}
            said = say(_("{at} from {from_unit} to {to_unit}"), **places)
        yield said + _carried(each)


def _carried(step: Row) -> str:
    how = [say(TRAVELLED[SampleTemperature(step["travelled"])])] if step["travelled"] else []
    how += [f"{step['temperature_c']:f} ℃"] if step["temperature_c"] is not None else []
    return f"（{'，'.join(how)}）" if how else ""


def _advised(advice: SignedAdvice) -> str:
    return say(
        _("{crop}: {fertiliser}, {kg} kg per mu ({nutrient}; signed by {name}, {on})"),
        crop=name_of(advice.crop),
        fertiliser=fertiliser_name(advice.fertiliser),
        kg=f"{advice.kg_per_mu:f}",
        nutrient=NUTRIENTS.get(advice.nutrient, Term(advice.nutrient)),
        name=advice.signed_by,
        on=local(advice.signed_at).date().isoformat() if advice.signed_at else "",
    )
