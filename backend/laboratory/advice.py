"""Advice on fertiliser for a sample of soil: a draft with every number it was made of, until an agronomist signs it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from backend.cases.schemas import PersonShown
from backend.core import clock, creates, ids
from backend.core.clock import local
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import DifferentArguments, FieldError, Forbidden
from backend.core.words import Term, say
from backend.laboratory import advice_queries as queries
from backend.laboratory import advice_rules, report_reading, sample_lists
from backend.laboratory.advice_queries import Row
from backend.laboratory.farmer_telling import name_of
from backend.laboratory.fertiliser_rules import FertiliserAdvice, Input
from backend.laboratory.judgement_reasons import TERMS
from backend.laboratory.judgement_rows import reasons_json, reasons_of
from backend.laboratory.naming import commodity, named
from backend.laboratory.report_contents import in_chinese
from backend.laboratory.report_refusals import AdviceUnknown, CannotAdvise, NotToSign
from backend.laboratory.report_schemas import (
    AdviceInput,
    AdviceSignature,
    AdviceToSign,
    FertiliserAdviceRecord,
    NewFertiliserAdvice,
)
from backend.laboratory.report_tables import FertiliserAdviceGiven
from backend.laboratory.units import in_unit
from backend.laboratory.visibility import reader
from backend.laboratory.words import Comparator, SampleKind
from backend.people.actors import Actor

UNIT = "mg/kg"


def _(msgid: str) -> str:
    return msgid


@transaction
async def advise_fertiliser(*, sample_id: UUID, new: NewFertiliserAdvice, by: Actor) -> Outcome[FertiliserAdviceRecord]:
    """Work out how much of a fertiliser a mu needs. A number is missing: it is stored too, without an amount, and says
    which. A new draft replaces the unsigned ones of the same crop, nutrient and fertiliser.

    By technicians of its desk and experts of its studio.

    Raises SampleUnknown (404), Forbidden, FindingsWithheld (403), CannotAdvise (400) for produce, a crop that is not in
    the list, a soil test that is not the sample's, DifferentArguments (409).
    """
    sample = await report_reading.at_its_desk(sample_id, by)
    advice_id = new.id or ids.uuid7()
    told = [str(sample_id), msgspec.structs.replace(new, id=None)]
    if (stored := await queries.advice(advice_id)) is not None:
        if not creates.same(stored["arguments_digest"], told):
            raise DifferentArguments(
                "Advice {id} was asked for before with other content; it stays.", id=str(advice_id)
            )
        return Outcome(record(stored), created=False)
    _check(new, sample)
    with in_chinese():  # it is frozen, and its grower reads it
        found = advice_rules.balanced(new, soil_test=await _soil_test(sample_id, new), on=clock.today())
    await _write(advice_id, sample_id, new, found, creates.digest(told), by)
    return Outcome(await _read(advice_id), created=True)


def _check(new: NewFertiliserAdvice, sample: Row) -> None:
    if sample["kind"] == SampleKind.PRODUCE:
        raise CannotAdvise("This is a sample of produce; fertiliser is reckoned from a sample of soil.")
    if commodity(new.crop_code) is None:
        wrong = FieldError(
            pointer="/crop_code", detail="“{crop}” is not in the list of crops.", facts={"crop": new.crop_code}
        )
        raise CannotAdvise("The crop is not known.", errors=[wrong])
    advice_rules.check_own(new.own)


async def _soil_test(sample_id: UUID, new: NewFertiliserAdvice) -> Input:
    """In mg/kg, of the nutrient's own form. One below what the method sees is no number to reckon with."""
    analyte = advice_rules.MEASURED_AS[new.nutrient]
    row = await queries.soil_test(sample_id, analyte=analyte, result_id=new.result_id)
    if row is None and new.result_id is not None:
        detail = "It is no test of {analyte} in this sample."
        wrong = FieldError(pointer="/result_id", detail=detail, code="unknown", facts={"analyte": analyte})
        raise CannotAdvise("The soil test does not fit.", errors=[wrong])
    value = in_unit(row["value"], row["unit_said"] or "", UNIT) if row else None
    if row is None or value is None or row["comparator"] != Comparator.EQUAL:
        return Input("soil_test_mg_per_kg", None, UNIT, "")
    told = say(_("soil test of {day} (result {id})"), day=local(row["at"]).date().isoformat(), id=str(row["id"]))
    return Input("soil_test_mg_per_kg", value, UNIT, told)


async def _write(
    id: UUID, sample_id: UUID, new: NewFertiliserAdvice, found: FertiliserAdvice, digest: bytes, by: Actor
) -> None:
    row: dict[str, Any] = {"id": id, "sample": sample_id, "crop_code": new.crop_code}
    row |= {"nutrient": new.nutrient, "fertiliser": new.fertiliser}
    await FertiliserAdviceGiven.insert(
        FertiliserAdviceGiven(
            **row,
            asked=msgspec.json.encode(new).decode(),
            advice=_stored(found),
            made_at=clock.now(),
            made_by=by.person_id,
            arguments_digest=digest,
        )
    )
    await queries.replace_others(row, drafts_only=True)


def _stored(found: FertiliserAdvice) -> str:
    """As JSON: decimals as texts, so that nothing is rounded; reasons as results keep theirs."""
    said = msgspec.to_builtins(msgspec.structs.replace(found, reasons=()))
    return msgspec.json.encode(said | {"reasons": msgspec.Raw(reasons_json(found.reasons).encode())}).decode()


async def list_advice(*, sample_id: UUID, by: Actor) -> list[FertiliserAdviceRecord]:
    """What counts of a sample, newest first. Raises SampleUnknown (404), FindingsWithheld (403), LookFirst (409)."""
    await report_reading.readable(sample_id, by)
    return [record(row) for row in await queries.advice_of(sample_id)]


async def list_to_sign(*, by: Actor, limit: int = 50, cursor: str | None = None) -> Page[AdviceToSign]:
    """One page of the drafts with an amount that wait for an expert of his studio, the oldest first; for others it is
    empty. Raises Invalid (400) for a cursor of another list.
    """
    looking = await reader(by)
    rows = await queries.to_sign(looking, limit=limit + 1, after=position(cursor))
    cut = page(rows, limit, lambda row: Position(row["made_at"], row["id"]))
    samples = await sample_lists.of_ids({row["sample"] for row in cut.items}, looking)
    return Page([AdviceToSign(sample=samples[row["sample"]], advice=record(row)) for row in cut.items], cut.next_cursor)


async def count_to_sign(*, by: Actor) -> int:
    """How many drafts wait for him."""
    return await queries.count_to_sign(await reader(by))


@transaction
async def sign_advice(*, advice_id: UUID, new: AdviceSignature, by: Actor) -> FertiliserAdviceRecord:
    """An expert of the sample's studio answers for it; then it goes to the grower. The same again changes nothing.

    Raises AdviceUnknown (404), Forbidden (403), NotToSign (409) without an amount, replaced, or signed by another.
    """
    row = await queries.advice(advice_id, lock=True)
    if row is None:
        raise _unknown(advice_id)
    head, looking = await report_reading.readable(row["sample"], by)
    if head["unit"] not in looking.studios:
        raise Forbidden("Only an expert of its studio signs advice.")
    if row["signed_by"] is None:
        _check_signing(row)
        await queries.sign(advice_id, by=by.person_id, note=new.note)
        await queries.replace_others(row, drafts_only=False)
    elif row["signed_by"] != by.person_id:
        raise NotToSign("{name} has signed it already.", name=row["signed_by_name"])
    return await _read(advice_id)


def _check_signing(row: Row) -> None:
    if row["withdrawn_at"] is not None:
        raise NotToSign("A newer one has replaced it: sign that.")
    if msgspec.json.decode(row["advice"])["kg_per_mu"] is None:
        raise NotToSign("It has no amount: a number of the formula is missing.")


async def _read(advice_id: UUID) -> FertiliserAdviceRecord:
    row = await queries.advice(advice_id)
    if row is None:
        raise _unknown(advice_id)
    return record(row)


def _unknown(advice_id: UUID) -> AdviceUnknown:
    return AdviceUnknown("There is no advice {id}.", id=str(advice_id))


def record(row: Row) -> FertiliserAdviceRecord:
    """A stored one, in the reader's language."""
    said = msgspec.json.decode(row["advice"])
    crop = commodity(row["crop_code"])
    signed = row["signed_by"] is not None
    return FertiliserAdviceRecord(
        id=row["id"],
        sample_id=row["sample"],
        crop_code=row["crop_code"],
        crop=name_of(named(crop)) if crop else row["crop_code"],
        nutrient=row["nutrient"],
        fertiliser=row["fertiliser"],
        kg_per_mu=_number(said["kg_per_mu"]),
        crop_takes_kg_per_mu=_number(said["crop_takes_kg_per_mu"]),
        soil_gives_kg_per_mu=_number(said["soil_gives_kg_per_mu"]),
        inputs=[_input(each) for each in said["inputs"]],
        missing=said["missing"],
        reasons=[
            str(each)
            for each in reasons_of(msgspec.json.encode(said["reasons"]))
            if not signed or each.code != "needs_signature"
        ],
        rule=said["rule"],
        made_at=row["made_at"],
        made_by=PersonShown(row["made_by"], row["made_by_name"]),
        signed_by=PersonShown(row["signed_by"], row["signed_by_name"]) if signed else None,
        signed_at=row["signed_at"],
        signed_note=row["signed_note"],
        note=say(SIGNED if signed else UNSIGNED, name=row["signed_by_name"] or ""),
    )


SIGNED = _("Signed by the agronomist {name}.")
UNSIGNED = _("A draft: it needs an agronomist's signature before it goes to the grower.")


def _input(said: dict[str, Any]) -> AdviceInput:
    return AdviceInput(
        name=said["name"],
        says=say(TERMS.get(said["name"], Term(said["name"]))),
        value=_number(said["value"]),
        unit=said["unit"],
        source=said["source"],
    )


def _number(stored: str | None) -> float | None:
    return None if stored is None else float(Decimal(stored))
