"""What an expert says, in short: about flooded maize, and about a blight that is sprayed."""

from typing import Any
from uuid import UUID

from backend.core import ids
from backend.diagnosis import answers
from backend.diagnosis.answer_schemas import Advice, AnswerRecord, NewAnswer, Product
from backend.diagnosis.words import Confidence
from backend.people.actors import Actor

WATERLOGGING, BLIGHT, RUST = "maize.waterlogging", "maize.northern_leaf_blight", "maize.southern_rust"


def flooded(**changed: Any) -> NewAnswer:
    """Drain, hoe, feed the leaves; no product, so no dose."""
    said: dict[str, Any] = {
        "id": ids.uuid7(),
        "diagnosis": "地里积水，根闷住了",
        "condition_code": WATERLOGGING,
        "confidence": Confidence.SURE,
        "advice": Advice(steps=["挖沟把水排出去", "地皮发白时锄地松土", "叶面喷肥补一补"], timing="排水当天就做"),
    }
    return NewAnswer(**(said | changed))


def sprayed(**product: Any) -> NewAnswer:
    """A blight, and one product against it."""
    return flooded(
        diagnosis="玉米大斑病",
        condition_code=BLIGHT,
        advice=Advice(steps=["摘掉底下的病叶"], products=[fungicide(**product)], protection=["戴手套和口罩"]),
    )


def fungicide(**changed: Any) -> Product:
    """One with everything a farmer needs. The numbers are a test's own and advise nobody."""
    said: dict[str, Any] = {
        "name": "试验用杀菌剂",
        "substance": "pyraclostrobin",
        "registration_no": "PD20990001",
        "dose": 30,
        "dose_unit": "mL/mu",
        "water_l_per_mu": 30,
        "times": 2,
        "interval_days": 10,
        "pre_harvest_days": 14,
    }
    return Product(**(said | changed))


async def answer(request_id: UUID, by: Actor, **changed: Any) -> AnswerRecord:
    """Given by whoever has it."""
    return (await answers.answer_diagnosis(request_id=request_id, new=flooded(**changed), by=by)).record
