"""Advice on fertiliser on a sample's page: reckoned, signed, and what may be chosen for it."""

from typing import Any

from backend.console.bench_taking import Step, Taking
from backend.console.typed import Incomplete, Typed, figure, identity, shaped
from backend.core.words import Term, language, say
from backend.laboratory import advice
from backend.laboratory.fertilisers import fertiliser_name, fertilisers
from backend.laboratory.judgement_reasons import TERMS
from backend.laboratory.reference import commodities, fertiliser_coefficients
from backend.laboratory.report_schemas import AdviceSignature, NewFertiliserAdvice, OwnCoefficient

NUTRIENTS = {
    "n": Term("Nitrogen (N)"),
    "p2o5": Term("Phosphorus (P₂O₅)"),
    "k2o": Term("Potassium (K₂O)"),
    "p": Term("Phosphorus (P)"),
    "k": Term("Potassium (K)"),
}
OWN = ("uptake_kg_per_kg", "soil_factor", "correction", "nutrient_content", "use_rate")


def choices() -> dict[str, Any]:
    """For the form: crops with coefficients first, then all others."""
    known = fertiliser_coefficients()
    with_rows = {each.crop for each in known if each.crop}
    rows = {each.code: each for each in commodities().values()}
    named = {code: (row.name_zh if language.get() == "zh" else row.name_en) for code, row in rows.items()}
    crops = sorted(named, key=lambda code: (code not in with_rows, named[code]))
    return {
        "advice_crops": [(code, named[code]) for code in crops],
        "nutrients": [(code, say(name)) for code, name in NUTRIENTS.items()],
        "fertilisers": [(code, fertiliser_name(code)) for code in fertilisers()],
        "fertiliser_of": fertiliser_name,
        "coefficients": [(code, say(TERMS[code])) for code in OWN],
    }


async def _advise(on: Taking) -> None:
    yields = {name: figure(on.form.get(name)) for name in ("target_yield_kg_per_mu", "mean_yield_kg_per_mu")}
    told = {name: on.form.get(name) for name in ("crop_code", "nutrient", "fertiliser", "crop_kind")}
    new = shaped(NewFertiliserAdvice, id=identity(on.form.get("id")), own=_own(on.form), **told, **yields)
    await advice.advise_fertiliser(sample_id=on.sample_id, new=new, by=on.by)


def _own(form: Typed) -> list[OwnCoefficient]:
    """Raises Incomplete (400) for a coefficient without its figure or its source."""
    if not form.get("own_name"):
        return []
    value, source = figure(form.get("own_value")), form.get("own_source")
    if value is None or not source:
        raise Incomplete("A coefficient of your own needs its value and where it comes from.")
    return [shaped(OwnCoefficient, name=form.get("own_name"), value=value, source=source)]


async def _sign(on: Taking) -> None:
    new = shaped(AdviceSignature, note=on.form.get("note"))
    await advice.sign_advice(advice_id=identity(on.form.get("of")), new=new, by=on.by)


STEPS: dict[str, Step] = {
    "advice": Step(_advise, Term("Reckoned. It is a draft until an agronomist signs it."), "advice"),
    "signature": Step(_sign, Term("Signed. The farmer can read it."), "advice"),
}
