"""What is told of a field, made ready for the balance formula: the yield aimed at, the soil's test, coefficients."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from backend.core.refusals import FieldError
from backend.core.words import Term, say
from backend.laboratory.fertiliser_rules import (
    NEEDED,
    FertiliserAdvice,
    Input,
    advise_fertiliser,
    correction_of,
    target_yields,
)
from backend.laboratory.report_refusals import CannotAdvise
from backend.laboratory.report_schemas import NewFertiliserAdvice, OwnCoefficient

MEASURED_AS = {
    "n": "alkali_hydrolysable_n",
    "p": "olsen_p",
    "p2o5": "olsen_p2o5",
    "k": "available_k",
    "k2o": "available_k2o",
}
"""Which test of the soil speaks of a nutrient, in the same form: nothing is turned into another here."""

BLANK_YIELD = "blank_yield_kg_per_mu"
OWN = frozenset({*NEEDED, "share_from_fertiliser", BLANK_YIELD})


def _(msgid: str) -> str:
    return msgid


def check_own(own: Sequence[OwnCoefficient]) -> None:
    """Raises CannotAdvise (400) for a coefficient that the formula has no place for."""
    detail = "The formula has no “{name}”; it takes {accepted}."
    wrong = [
        FieldError(
            pointer=f"/own/{n}/name", detail=detail, code="unknown", facts={"name": each.name, "accepted": sorted(OWN)}
        )
        for n, each in enumerate(own)
        if each.name not in OWN
    ]
    if wrong:
        raise CannotAdvise("A coefficient is not one of the formula's.", errors=wrong)


def balanced(new: NewFertiliserAdvice, *, soil_test: Input, on: date) -> FertiliserAdvice:
    """The advice, with every number it was made of.

    soil_test   in mg/kg; its value is null where there is none that can be reckoned with
    """
    target = _target(new, on)
    own = [Input(each.name, Decimal(str(each.value)), each.unit, each.source) for each in new.own]
    found = _advise(new, target, soil_test, own, on)
    if blank := next((each for each in own if each.name == BLANK_YIELD), None):
        found = _advise(new, target, soil_test, [*own, *_correction(blank, found)], on)
    return found


def _advise(
    new: NewFertiliserAdvice, target: Input, soil_test: Input, own: Sequence[Input], on: date
) -> FertiliserAdvice:
    found = advise_fertiliser(
        crop=new.crop_code,
        nutrient=new.nutrient,
        fertiliser=new.fertiliser,
        target_yield_kg_per_mu=target.value,
        soil_test_mg_per_kg=soil_test.value,
        on=on,
        own=own,
    )
    return _with_sources(found, {each.name: each for each in (target, soil_test)})


def _with_sources(found: FertiliserAdvice, told: dict[str, Input]) -> FertiliserAdvice:
    """What was told says where it was told."""
    inputs = tuple(told.get(each.name, each) for each in found.inputs)
    return FertiliserAdvice(**{name: getattr(found, name) for name in found.__struct_fields__} | {"inputs": inputs})


def _target(new: NewFertiliserAdvice, on: date) -> Input:
    """As it was told, or the lower end of the usual stretch over the mean of three years."""
    name, unit = "target_yield_kg_per_mu", "kg/mu"
    if new.target_yield_kg_per_mu is not None:
        return Input(name, Decimal(str(new.target_yield_kg_per_mu)), unit, say(Term("told by whoever asked")))
    mean = new.mean_yield_kg_per_mu
    found = mean and new.crop_kind and target_yields(mean_kg_per_mu=Decimal(str(mean)), crop_kind=new.crop_kind, on=on)
    if not found:
        return Input(name, None, unit, "")
    source = _("mean of three years, {mean} kg/mu; usual target {low} to {high}, the lower one taken [1]")
    return Input(name, found[0], unit, say(source, mean=mean, low=f"{found[0]:f}", high=f"{found[1]:f}"))


def _correction(blank: Input, found: FertiliserAdvice) -> list[Input]:
    """What a blank plot of this field gives goes before the table's."""
    numbers = {each.name: each.value for each in found.inputs}
    uptake, soil, factor = (numbers.get(each) for each in ("uptake_kg_per_kg", "soil_test_mg_per_kg", "soil_factor"))
    if blank.value is None or uptake is None or soil is None or factor is None:
        return []
    value = correction_of(
        blank_yield_kg_per_mu=blank.value, uptake_kg_per_kg=uptake, soil_test_mg_per_kg=soil, soil_factor=factor
    )
    source = say(_("blank plot, {yield_kg} kg/mu: {source}"), yield_kg=f"{blank.value:f}", source=blank.source)
    return [] if value is None else [Input("correction", round(value, 4), "1", source)]
