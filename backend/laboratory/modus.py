"""Results in the shape of "modus slim v1" (OADA formats), for farm software: AgGateway's Modus without its envelopes.

A document is of one type, soil or residue. What is the same of all samples stands once, above them. The analyte is
always there, Modus's own test id only where it means the same method (ADAPT issue 151); how far Modus itself stands by
that id (OFFICIAL, PROVISIONAL), a near one, our rule and our verdict stand beside, under `lianxin`. No place is told
but the field's name: a point of somebody's field is not ours to hand on.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID, uuid5

from backend.core.clock import local
from backend.laboratory.export_queries import Wanted
from backend.laboratory.export_values import told
from backend.laboratory.judgement_rows import word
from backend.laboratory.words import SampleKind

Row = Mapping[str, Any]
Document = dict[str, Any]

TYPE = "application/vnd.modus.slim.v1.0+json"
TYPES = {SampleKind.SOIL: "soil", SampleKind.PRODUCE: "residue"}
DOCUMENTS = UUID("5b1f8a52-6a0f-5c1e-9d5c-6a6f64757300")
SLIM = "lianxin"


def document(rows: Sequence[Row], *, wanted: Wanted, kind: SampleKind, today: date) -> Document:
    """The document of samples of one kind.

    rows    of `export_queries.results`, in its order
    today   the date of a document without samples
    """
    samples = {str(id): list(those) for id, those in groupby(rows, key=lambda row: row["sample_id"])}
    heads = [those[0] for those in samples.values()]
    one_lab = {row["unit"] for row in heads}
    said: Document = {
        "_type": TYPE,
        "id": str(_id(heads, wanted, kind)),
        "date": min((_day(row) for row in heads), default=today).isoformat(),
        "type": TYPES[kind],
        "samples": {
            id: _sample(those, with_lab=len(one_lab) > 1, whose=not wanted.for_partner) for id, those in samples.items()
        },
    }
    if len(one_lab) == 1:
        said["lab"] = _lab(heads[0])
    return said


def _id(heads: Sequence[Row], wanted: Wanted, kind: SampleKind) -> UUID:
    """The same question about the same samples is the same document."""
    asked = (wanted.sample_id, wanted.since, wanted.until, kind.value, wanted.for_partner)
    return uuid5(DOCUMENTS, "\n".join(map(str, (*asked, *(row["sample_id"] for row in heads)))))


def _day(row: Row) -> date:
    """When it was taken, else when it came: the most significant day that is known."""
    day: date = row["sampled_on"] or local(row["received_at"]).date()
    return day


def _lab(row: Row) -> Document:
    lab: Document = {"id": {"source": "local", "value": str(row["unit"])}, "name": row["studio"]}
    if row["studio_phone"]:
        lab["contact"] = {"name": row["studio"], "phone": row["studio_phone"]}
    return lab


def _sample(rows: Sequence[Row], *, with_lab: bool, whose: bool) -> Document:
    row = rows[0]
    tested = [each["tested_at"] for each in rows if each["tested_at"]]
    lab = {
        "sampleid": str(row["sample_id"]),
        "aliasid": row["sample_code"],
        "dateReceived": row["received_at"].isoformat(),
    }
    lab |= {"dateProcessed": max(tested).isoformat()} if tested else {}
    said: Document = {
        "id": str(row["sample_id"]),
        "lab": (_lab(row) if with_lab else {}) | lab,
        "source": _source(row, whose=whose),
        "results": {str(each["id"]): _result(each) for each in rows},
    }
    if row["depth_bottom_cm"] is not None:
        said["depth"] = {"top": row["depth_top_cm"] or 0, "bottom": row["depth_bottom_cm"], "units": "cm"}
    if crop := row["crop_code"] or row["crop_said"]:
        said["crop"] = {"name": crop}
    return said


def _source(row: Row, *, whose: bool) -> Document:
    source: Document = {"sampleid": row["sample_code"]}
    if row["sampled_on"]:
        source["date"] = row["sampled_on"].isoformat()
    if whose and row["household_code"]:
        source["grower"] = {"id": row["household_code"]}
    if row["plot"]:
        source["field"] = {"name": row["plot"]}
    return source


def _result(row: Row) -> Document:
    said = told(row)
    result: Document = {"analyte": said.analyte, "value": said.value, "units": said.unit}
    if said.modus_test_id:
        result["modusTestID"] = said.modus_test_id
    method = said.method
    beside = {
        "analyte": row["analyte"],
        "methodCode": method.code if method else None,
        "standard": method.standard if method else None,
        "modusAcceptance": method.modus_acceptance if method and said.modus_test_id else None,
        "modusStatus": method.modus_status if method and said.modus_test_id else None,
        "nearestModusTestID": said.nearest_modus_test_id,
        "comparator": said.comparator.value,
        "verdict": word(row),
        "rule": row["rule"],
        "runKind": row["run_kind"],
    }
    result[SLIM] = {name: value for name, value in beside.items() if value is not None}
    return result
