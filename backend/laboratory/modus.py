"""Results in the shape of "modus slim v1" (OADA formats), for farm software: AgGateway's Modus without its envelopes.

A document is of one type, soil or residue. What is the same of all samples stands once, above them. The analyte is
always there, Modus's own test id only where it means the same method (ADAPT issue 151). No place is told but the
field's name: a point of somebody's field is not ours to hand on.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Literal
from uuid import UUID, uuid5

from msgspec.structs import replace

from backend.core.clock import local
from backend.laboratory.export_queries import Wanted
from backend.laboratory.export_values import told
from backend.laboratory.judgement_rows import word
from backend.laboratory.modus_schemas import (
    ModusBeside,
    ModusContact,
    ModusDepth,
    ModusDocument,
    ModusGrower,
    ModusId,
    ModusLab,
    ModusNamed,
    ModusResult,
    ModusSample,
    ModusSource,
)
from backend.laboratory.words import SampleKind

Row = Mapping[str, Any]

TYPE = "application/vnd.modus.slim.v1.0+json"
TYPES: dict[SampleKind, Literal["soil", "residue"]] = {SampleKind.SOIL: "soil", SampleKind.PRODUCE: "residue"}
DOCUMENTS = UUID("5b1f8a52-6a0f-5c1e-9d5c-6a6f64757300")


def document(rows: Sequence[Row], *, wanted: Wanted, kind: SampleKind, today: date) -> ModusDocument:
    """The document of samples of one kind.

    rows    of `export_queries.results`, in its order
    today   the date of a document without samples
    """
    grouped = [list(those) for _, those in groupby(rows, key=lambda row: row["sample_id"])]
    heads = [those[0] for those in grouped]
    one_lab = len({row["unit"] for row in heads}) == 1
    return ModusDocument(
        kind=TYPE,
        id=str(_id(heads, wanted, kind)),
        date=min((_day(row) for row in heads), default=today).isoformat(),
        type=TYPES[kind],
        lab=_lab(heads[0]) if one_lab else None,
        samples={
            str(those[0]["sample_id"]): _sample(those, with_lab=not one_lab, whose=not wanted.for_partner)
            for those in grouped
        },
    )


def _id(heads: Sequence[Row], wanted: Wanted, kind: SampleKind) -> UUID:
    """The same question about the same samples is the same document."""
    asked = (wanted.sample_id, wanted.since, wanted.until, kind.value, wanted.for_partner)
    return uuid5(DOCUMENTS, "\n".join(map(str, (*asked, *(row["sample_id"] for row in heads)))))


def _day(row: Row) -> date:
    """When it was taken, else when it came: the most significant day that is known."""
    day: date = row["sampled_on"] or local(row["received_at"]).date()
    return day


def _lab(row: Row) -> ModusLab:
    phone = row["studio_phone"]
    contact = ModusContact(name=row["studio"], phone=phone) if phone else None
    return ModusLab(id=ModusId(value=str(row["unit"])), name=row["studio"], contact=contact)


def _sample(rows: Sequence[Row], *, with_lab: bool, whose: bool) -> ModusSample:
    row = rows[0]
    tested = [each["tested_at"] for each in rows if each["tested_at"]]
    crop, bottom = row["crop_code"] or row["crop_said"], row["depth_bottom_cm"]
    lab = replace(
        _lab(row) if with_lab else ModusLab(),
        sampleid=str(row["sample_id"]),
        aliasid=row["sample_code"],
        date_received=row["received_at"].isoformat(),
        date_processed=max(tested).isoformat() if tested else None,
    )
    return ModusSample(
        id=str(row["sample_id"]),
        lab=lab,
        source=_source(row, whose=whose),
        results={str(each["id"]): _result(each) for each in rows},
        depth=None if bottom is None else ModusDepth(top=row["depth_top_cm"] or 0, bottom=bottom),
        crop=ModusNamed(name=crop) if crop else None,
    )


def _source(row: Row, *, whose: bool) -> ModusSource:
    return ModusSource(
        sampleid=row["sample_code"],
        date=row["sampled_on"].isoformat() if row["sampled_on"] else None,
        grower=ModusGrower(id=row["household_code"]) if whose and row["household_code"] else None,
        field=ModusNamed(name=row["plot"]) if row["plot"] else None,
    )


def _result(row: Row) -> ModusResult:
    said = told(row)
    method, same = said.method, said.modus_test_id is not None
    beside = ModusBeside(
        comparator=said.comparator.value,
        run_kind=row["run_kind"],
        analyte=row["analyte"],
        method_code=method.code if method else None,
        standard=method.standard if method else None,
        modus_acceptance=method.modus_acceptance if method and same else None,
        modus_status=method.modus_status if method and same else None,
        nearest_modus_test_id=said.nearest_modus_test_id,
        verdict=word(row),
        rule=row["rule"],
    )
    return ModusResult(
        analyte=said.analyte, value=said.value, units=said.unit, lianxin=beside, modus_test_id=said.modus_test_id
    )
